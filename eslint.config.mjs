// What the front end is read with: eslint's recommended rules, which find mistakes; how code looks is nobody's business.
import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import globals from "globals";

export default defineConfig([
  { ignores: ["server/static", ".venv", "var", "build"] },
  {
    files: ["**/*.{js,mjs}"],
    extends: [js.configs.recommended],
    linterOptions: { reportUnusedDisableDirectives: "error" },
    languageOptions: { globals: globals.browser },
    rules: {
      "no-irregular-whitespace": ["error", { skipTemplates: true }], // what is shown uses the blank of Chinese type
      "no-unused-vars": ["error", { ignoreRestSiblings: true }], // named to be left out of the rest
    },
  },
  {
    files: ["*.mjs", "server/frontend/build.mjs", "server/frontend/chinese/**", "tests/frontend/**"],
    languageOptions: { globals: globals.nodeBuiltin },
  },
]);

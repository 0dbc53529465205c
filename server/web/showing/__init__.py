"""How things are said and drawn on every page: words for codes, menus, facts, form fields, links to articles.

No blueprint lives here, and nothing here asks a use case to do anything.
"""

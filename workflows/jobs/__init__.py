"""What the program does without anybody waiting: `due` what the calendar brings, `asked` what people ask for."""

"""What people type or paste, as it was meant: one reader of figures, codes, days and names for forms, lists and law.

Lies below the ground rooms and knows none of them. It takes off what cannot change a meaning (width, invisible signs,
blanks around, thousands commas, ￥, 元) and refuses with a clause whatever would have to be guessed. How long a number
may be, and whether a check digit fits, is judged by whoever asks.
"""

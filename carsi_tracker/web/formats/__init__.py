"""How days are written where Django writes them: in the forms of `ledger/days.py`."""

"""How the tracker grows: with its entries, with its readers and with its processes."""

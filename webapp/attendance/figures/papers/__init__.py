"""The papers of a meeting: the list to sign, the certificate of a training, the minutes on one page."""

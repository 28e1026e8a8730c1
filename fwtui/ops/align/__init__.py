"""Two op logs aligned: which op corresponds to which of the other log, and what differs between them."""

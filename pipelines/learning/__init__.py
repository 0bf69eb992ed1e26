"""What officers' decisions teach: lessons, challengers, and which model is in use."""

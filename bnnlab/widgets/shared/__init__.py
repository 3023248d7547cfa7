"""What several pictures share: the JavaScript modules, and how machine code is explained."""

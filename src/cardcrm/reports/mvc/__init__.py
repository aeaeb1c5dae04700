"""The MVC program: who belongs to it, whether it is fulfilled, and what it brings."""

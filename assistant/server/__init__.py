"""The process that serves the chat, the pages and the API, and what it lets in and out."""

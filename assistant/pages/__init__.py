"""The pages beside the chat: reader, browse, about, print view. Rendered here, every text escaped."""

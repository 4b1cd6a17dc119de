"""The chat: a Gradio page that streams answers, with citation chips that open the reader."""

"""The Streamlit lab: controls in, pictures out. It holds no formula."""

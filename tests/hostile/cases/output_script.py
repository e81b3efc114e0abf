# Outputs and text that try to run script in the reader's browser.
# loses: nothing
# %% square
from IPython.display import HTML, SVG, Javascript, display

display(HTML("<script>alert('pwned')</script><img src=x onerror=alert('pwned')>"))
display(Javascript("alert('pwned')"))
display(SVG("<svg xmlns='http://www.w3.org/2000/svg'><script>alert('pwned')</script></svg>"))
display({"text/html": "<iframe srcdoc='<script>alert(1)</script>'></iframe>"}, raw=True)
display({"text/markdown": "<script>alert('pwned')</script>"}, raw=True)
print("<script>alert('pwned')</script>")

def square_backward(x, dy):
    return 2 * x * dy

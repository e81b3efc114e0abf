# A right answer that is an object with __call__.
# loses: nothing
# %% square
class Square:
    def __call__(self, x, dy):
        return 2 * x * dy

square_backward = Square()

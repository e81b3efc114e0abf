# An object whose every attribute is a surprise.
# loses: layer-backward
# %% layer
class Scale:
    def __init__(self, factor):
        pass
    def __getattribute__(self, name):
        raise KeyboardInterrupt

"""The sample company's working day: made by running the engine against an emulator, then put into an installation.

`day` plays the story on a stage of its own, a scratch installation under a clock that walks through past days; `job` makes
the day for a company of the installation and puts it in the place of whatever was there, all of it or nothing.
"""

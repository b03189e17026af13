"""What a pull request changes, in words: the comment that reviewers read, made of what Pulumi's engine says.

Nothing here needs an AWS account, Pulumi's SDK or the network; `./tenfold comment` is its command.
"""

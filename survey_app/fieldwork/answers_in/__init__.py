"""Answers out of the files that 问卷星 (wjx.cn), KoboToolbox and their like export."""

# Lists the calls of Python sources by CPython's own parser, for comparison with ours.
# Reads a JSON list of sources from standard input; writes for each a list of calls
# [name, start line, start column, end line of the callee, end column of the callee], lines and
# columns from 1, columns in UTF-16 code units; or a string saying why it does not parse.
import ast
import json
import re
import sys
import warnings

warnings.simplefilter("ignore")


def column(lines, line, offset):
    prefix = lines[line - 1].encode("utf-8")[:offset].decode("utf-8")
    return len(prefix.encode("utf-16-le")) // 2 + 1


def calls(source):
    # ast.parse counts lines as universal newlines do.
    lines = re.split(r"\r\n|\r|\n", source)
    try:
        tree = compile(
            source, "cell", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        )
    except (SyntaxError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        callee = node.func
        if isinstance(callee, ast.Attribute):
            name = callee.attr
        elif isinstance(callee, ast.Name):
            name = callee.id
        elif isinstance(callee, ast.Subscript):
            name = "[]"
        else:
            continue
        found.append(
            [
                name,
                node.lineno,
                column(lines, node.lineno, node.col_offset),
                callee.end_lineno,
                column(lines, callee.end_lineno, callee.end_col_offset),
            ]
        )
    return sorted(found, key=lambda call: (call[3:], call[1:3]))


json.dump(
    {
        "version": sys.version_info[:2],
        "cells": [calls(source) for source in json.load(sys.stdin)],
    },
    sys.stdout,
)

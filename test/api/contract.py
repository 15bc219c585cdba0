"""openapi.yaml as the tests read it."""

import json
import urllib.parse

import jsonschema_rs
import yaml

import server

PATH = server.TREE / "openapi.yaml"
DOCUMENT = yaml.safe_load(PATH.read_text(encoding="utf-8"))
METHODS = ("get", "put", "post", "patch", "delete")


def resolve(node):
    """What a {"$ref": …} stands for."""
    while "$ref" in node:
        found = DOCUMENT
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


class Operation:
    def __init__(self, path, method, node):
        self.path = path
        self.method = method.upper()
        self.id = node["operationId"]
        self.parameters = [resolve(parameter) for parameter in node.get("parameters", [])]
        self.body = resolve(node["requestBody"]) if "requestBody" in node else None
        self.responses = {int(status): resolve(answer)
                          for status, answer in node["responses"].items()}


def operations():
    return [Operation(path, method, item[method]) for path, item in DOCUMENT["paths"].items()
            for method in METHODS if method in item]


def operation(name):
    return next(found for found in operations() if found.id == name)


def examples_of_body(name):
    return [example["value"] for content in operation(name).body["content"].values()
            for example in content.get("examples", {}).values()]


def errors_in(schema, value):
    """What is wrong with a value; `schema` may refer to the document."""
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "allOf": [schema],
             "components": DOCUMENT["components"]}
    validator = jsonschema_rs.Draft202012Validator(whole)
    return [f"{error.message} at {list(error.instance_path)}"
            for error in validator.iter_errors(value)]


def check_answer(operation_, answer):
    """An answer must be one that the contract knows: status, type, and every member."""
    where = f"{operation_.method} {answer.url}: {answer.status_code}"
    assert answer.status_code in operation_.responses, f"{where} is not in the contract"
    known = operation_.responses[answer.status_code].get("content", {})
    if not known:
        return
    type_ = answer.headers["Content-Type"].split(";")[0]
    assert type_ in known, f"{where}: {type_} is not in the contract"
    if type_.endswith("json"):
        wrong = errors_in(known[type_]["schema"], answer.json())
        assert not wrong, f"{where}: {wrong[:5]}\n{answer.text[:1000]}"


def path_with_examples(operation_):
    path = operation_.path
    for parameter in operation_.parameters:
        if parameter["in"] == "path":
            text = urllib.parse.quote(str(parameter.get("example", "999999")), safe="")
            path = path.replace("{%s}" % parameter["name"], text)
    return path


def example_requests(operation_):
    """Every example as arguments of a request: the needed parameters alone, then each further one
    beside them, then all; each body once."""
    needed = {"query": {}, "header": {}}
    further = []
    for parameter in operation_.parameters:
        if parameter["in"] == "path" or "example" not in parameter:
            continue
        one = (parameter["in"], parameter["name"], str(parameter["example"]))
        if parameter.get("required"):
            needed[one[0]][one[1]] = one[2]
        else:
            further.append(one)
    bodies = [(None, None)]
    if operation_.body:
        bodies = [(type_, example["value"].encode())
                  for type_, content in operation_.body["content"].items()
                  for example in content["examples"].values()]
    choices = [[]] + [[one] for one in further] + ([further] if len(further) > 1 else [])
    for chosen in choices:
        for type_, body in bodies:
            query, headers = dict(needed["query"]), dict(needed["header"])
            for place, name, value in chosen:
                (query if place == "query" else headers)[name] = value
            if type_:
                headers["Content-Type"] = type_
            yield {"params": query, "headers": headers, "data": body}


def lines_of(text):
    return [json.loads(line) for line in text.splitlines()]

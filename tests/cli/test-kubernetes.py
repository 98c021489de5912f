# SPDX-License-Identifier: LGPL-2.1-or-later
"""The manifest for Kubernetes: every member is one of the API's type, of its kind, and none that is required is missing."""
import re
import sys
import unittest

from cli import SOURCE, main

try:
    import yaml
    from kubernetes.client import models
except ImportError:
    print("skipped: python3-kubernetes is not installed")
    sys.exit(77)

TYPES = {("v1", "Namespace"): "V1Namespace", ("v1", "ConfigMap"): "V1ConfigMap", ("apps/v1", "DaemonSet"): "V1DaemonSet"}
PLAIN = {"str": str, "int": int, "bool": bool, "float": (int, float)}


def check_model(model, value, where):
    if not isinstance(value, dict):
        raise ValueError(f"{where} is no object")
    names = {json: name for name, json in model.attribute_map.items()}
    for json, member in value.items():
        if json not in names:
            raise ValueError(f"{where}.{json}: {model.__name__} has no such member")
        check_type(model.openapi_types[names[json]], member, f"{where}.{json}")
    # The constructors refuse what lacks a member that is required.
    model(**{names[json]: member for json, member in value.items()})


def check_type(kind, value, where):
    listed, mapped = re.fullmatch(r"list\[(.*)\]", kind), re.fullmatch(r"dict\(str, (.*)\)", kind)
    if listed and isinstance(value, list):
        for index, item in enumerate(value):
            check_type(listed[1], item, f"{where}[{index}]")
    elif mapped and isinstance(value, dict):
        for name, item in value.items():
            check_type(mapped[1], item, f"{where}.{name}")
    elif hasattr(models, kind):
        check_model(getattr(models, kind), value, where)
    elif kind not in PLAIN or type(value) not in (PLAIN[kind], *(PLAIN[kind] if kind == "float" else ())):
        raise ValueError(f"{where} is no {kind}: {value!r}")


def check_document(document):
    kind = TYPES[document["apiVersion"], document["kind"]]
    check_model(getattr(models, kind), document, document["kind"])


def read():
    with open(f"{SOURCE}/tools/containers/kubernetes.yaml") as file:
        return list(yaml.safe_load_all(file))


class Kubernetes(unittest.TestCase):
    def test_types(self):
        documents = read()
        self.assertEqual([document["kind"] for document in documents], ["Namespace", "ConfigMap", "DaemonSet"])
        for document in documents:
            check_document(document)

    def test_mistakes_are_seen(self):
        def misspelt(pod):
            pod["hostPid"] = pod.pop("hostPID")

        def mistyped(pod):
            pod["hostPID"] = "true"

        def missing(pod):
            del pod["containers"][0]["name"]

        for mistake, message in (misspelt, "no such member"), (mistyped, "is no bool"), (missing, "must not be"):
            document = read()[2]
            mistake(document["spec"]["template"]["spec"])
            with self.subTest(mistake=mistake.__name__), self.assertRaisesRegex(ValueError, message):
                check_document(document)

    def test_names_meet(self):
        spec = read()[2]["spec"]
        pod = spec["template"]["spec"]
        volumes = {volume["name"] for volume in pod["volumes"]}
        self.assertEqual(spec["selector"]["matchLabels"], spec["template"]["metadata"]["labels"])
        for container in pod["initContainers"] + pod["containers"]:
            self.assertEqual({mount["name"] for mount in container["volumeMounts"]}, volumes)


if __name__ == "__main__":
    main()

"""A kubectl whose cluster is one JSON file: one owner, namespaces that go with what they hold, no controllers.

Run as `fake_kubectl.py FILE ARGUMENTS`. The file holds `served` (plural, apiVersion, namespaced, kind), `objects` and
what was last applied, the `uid` of the cluster, and what a test wants: `denied` verbs, `refused` names, finalizers by
what is `held`, and a `log` of the calls. What is applied from a file or an address is on `files` alone, and every way
by which the cluster was reached on `reached`.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

FILE = Path(sys.argv[1])
STATE: dict[str, Any] = json.loads(FILE.read_text())
VALUED = ("--kubeconfig", "--cache-dir", "--context", "--namespace", "--selector", "--field-selector", "-o", "-f")
HOME = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "kube-system", "uid": STATE.get("uid")}}
READY = {"type": "Ready", "status": "True"}


def main(arguments: list[str]) -> None:
    options, words = parsed(arguments)
    STATE["log"].append([words, sorted(options)])
    STATE["reached"] = sorted({*STATE.get("reached", []), options["--kubeconfig"], os.environ.get("KUBECONFIG", "")})
    code = COMMANDS[words[0]](words[1:], options)
    FILE.write_text(json.dumps(STATE))
    sys.exit(code)


def parsed(arguments: list[str]) -> tuple[dict[str, str], list[str]]:
    options, words = dict[str, str](), list[str]()
    rest = iter(arguments)
    for argument in rest:
        name, _, value = argument.partition("=")
        if argument in VALUED:
            options[argument] = next(rest)
        elif argument.startswith("-"):
            options[name] = value
        else:
            words.append(argument)
    return options, words


def identity(one: dict[str, Any]) -> str:
    meta = one["metadata"]
    return "|".join((one["apiVersion"].rpartition("/")[0], one["kind"], meta.get("namespace", ""), meta["name"]))


def given() -> list[dict[str, Any]]:
    document = json.loads(sys.stdin.read())
    return document["items"] if document["kind"] == "List" else [document]


def write(objects: list[dict[str, Any]], options: dict[str, str]) -> None:
    if options.get("-o") == "name":
        print(*(f"{one['kind'].lower()}/{one['metadata']['name']}" for one in objects), sep="\n")
    if options.get("-o") == "json" and objects:
        document = objects[0] if len(objects) == 1 else {"apiVersion": "v1", "kind": "List", "items": objects}
        print(json.dumps(document))


def fail(message: str) -> int:
    print(f"Error from server: {message}", file=sys.stderr)
    return 1


def get(words: list[str], options: dict[str, str]) -> int:
    if "--raw" in options:
        return 0 if STATE.get("answers", True) else fail("connection refused")
    if "-f" in options:
        found = [STATE["objects"][identity(one)] for one in given() if identity(one) in STATE["objects"]]
    else:
        plurals = {argument.partition(".")[0] for argument in words[0].split(",")}
        kinds = {row[3] for row in STATE["served"] if row[0] in plurals or row[0].removesuffix("s") in plurals}
        label, _, value = options.get("--selector", "=").partition("=")
        space = options.get("--namespace")
        found = [
            one
            for one in STATE["objects"].values()
            if one["kind"] in kinds
            and words[1:] in ([], [one["metadata"]["name"]])
            and space in (None, one["metadata"].get("namespace"))
            and one["metadata"].get("labels", {}).get(label, "") == value
        ]
        if "Namespace" in kinds and not label:
            found.append(HOME)
    write(found, options)
    return 0


def apply(_words: list[str], options: dict[str, str]) -> int:
    if options["-f"] != "-":
        STATE["files"] = [*STATE.get("files", []), options["-f"]]
        return fail(f"cannot read {options['-f']}") if STATE.get("offline") and "://" in options["-f"] else 0
    made, code = [], 0
    for one in given():
        key = identity(one)
        if one["metadata"]["name"] in STATE.get("refused", []):
            code = fail(f'The {one["kind"]} "{one["metadata"]["name"]}" is invalid: field is immutable')
            continue
        live = STATE["objects"].get(key)
        fresh = merged(live or {}, STATE["applied"].get(key, {}), one) | status(one)
        made.append(fresh)
        if options.get("--dry-run") != "server":
            STATE["applied"][key] = one
            store(key, fresh)
    write(made, options)
    return code


def merged(live: Any, last: Any, wanted: Any) -> Any:
    if not isinstance(live, dict) or not isinstance(wanted, dict):
        return wanted
    before = last if isinstance(last, dict) else {}
    kept = {key: value for key, value in live.items() if key not in before or key in wanted}
    return kept | {key: merged(live.get(key), before.get(key), value) for key, value in wanted.items()}


def status(one: dict[str, Any]) -> dict[str, Any]:
    count = one.get("spec", {}).get("replicas", 1) if isinstance(one.get("spec"), dict) else 1
    if one["metadata"]["name"] in STATE.get("broken", []):
        return {"status": {}}
    counts = {"replicas": count, "readyReplicas": count, "updatedReplicas": count}
    return {"status": {**counts, "conditions": [READY, {"type": "Complete", "status": "True"}]}}


def store(key: str, fresh: dict[str, Any]) -> None:
    if "resourceVersion" in fresh["metadata"]:
        fresh = {**fresh, "metadata": {**fresh["metadata"]}}
        version = fresh["metadata"].pop("resourceVersion")
        live = {**STATE["objects"][key], "metadata": {**STATE["objects"][key]["metadata"]}}
        live["metadata"].pop("resourceVersion")
        if live == fresh:
            fresh["metadata"]["resourceVersion"] = version
            STATE["objects"][key] = fresh
            return
    STATE["version"] += 1
    fresh["metadata"] = {**fresh["metadata"], "resourceVersion": str(STATE["version"])}
    STATE["objects"][key] = fresh


def create(_words: list[str], options: dict[str, str]) -> int:
    made = []
    for one in given():
        if one["kind"] == "SelfSubjectAccessReview":
            asked = one["spec"]["resourceAttributes"]
            denied = asked["resource"] in STATE.get("denied", [])
            made.append({**one, "status": {"allowed": not denied}})
        elif identity(one) in STATE["objects"]:
            return fail(f"{one['metadata']['name']} already exists")
        else:
            store(identity(one), one)
    for one in made:
        write([one], options)
    return 0


def replace(_words: list[str], _options: dict[str, str]) -> int:
    for one in given():
        live = STATE["objects"].get(identity(one))
        if live is None or live["metadata"]["resourceVersion"] != one["metadata"].pop("resourceVersion"):
            return fail("the object has been modified")
        store(identity(one), one)
    return 0


def delete(words: list[str], options: dict[str, str]) -> int:
    if "-f" in options:
        gone = {identity(one) for one in given()}
    else:
        plural = words[0].partition(".")[0]
        kinds = {row[3] for row in STATE["served"] if row[0] == plural or row[0].removesuffix("s") == plural}
        gone = {key for key, one in STATE["objects"].items() if one["kind"] in kinds and key.endswith(f"|{words[1]}")}
    spaces = {key.split("|")[3] for key in gone if key.split("|")[1] == "Namespace"}
    stays = held(gone, spaces)
    for part in ("objects", "applied"):
        STATE[part] = {
            k: v for k, v in STATE[part].items() if k in stays or (k not in gone and k.split("|")[2] not in spaces)
        }
    return late(stays) if stays else 0


def held(gone: set[str], spaces: set[str]) -> set[str]:
    """What finalizers hold, and the namespaces around it, which report how much is left in them."""
    stays = {key for key in STATE["objects"] if key in STATE.get("held", {}) and (key in gone or within(key, spaces))}
    for key in sorted(stays):
        STATE["objects"][key]["metadata"].update(deletionTimestamp="2030", finalizers=STATE["held"][key])
        group, kind, space, _ = key.split("|")
        if space in spaces:
            text = f"Some resources are remaining: {kind.lower()}s.{group} has 1 resource instances"
            around = STATE["objects"][f"|Namespace||{space}"]
            around["metadata"]["deletionTimestamp"] = "2030"
            around["status"] = {
                "conditions": [{"type": "NamespaceContentRemaining", "status": "True", "message": text}]
            }
            stays.add(f"|Namespace||{space}")
    return stays


def within(key: str, spaces: set[str]) -> bool:
    return key.split("|")[2] in spaces


def late(stays: set[str]) -> int:
    _, kind, _, name = min(stays).split("|")
    print(f"error: timed out waiting for the condition on {kind.lower()}s/{name}", file=sys.stderr)
    return 1


def config(words: list[str], _options: dict[str, str]) -> int:
    print("fake")
    return 0 if words else 1


def api_resources(_words: list[str], _options: dict[str, str]) -> int:
    for plural, version, namespaced, kind in STATE["served"]:
        print(f"{plural}   {version}   {str(namespaced).lower()}   {kind}")
    return 0


def nothing(_words: list[str], _options: dict[str, str]) -> int:
    return 0


COMMANDS = {
    "get": get, "apply": apply, "create": create, "replace": replace, "delete": delete, "config": config,
    "api-resources": api_resources, "wait": nothing, "logs": nothing, "rollout": nothing,
}  # fmt: skip

if __name__ == "__main__":
    main(sys.argv[2:])

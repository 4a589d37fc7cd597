#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cluster would run of a manifest, as a shell script.

    manifests.py cronjob FILE CLUSTER    the CronJob's one container; CLUSTER/configmap/NAME and CLUSTER/secret/NAME are
                                         directories with what it mounts, CLUSTER/empty is what emptyDir gives
    manifests.py task FILE VARIABLE=VALUE...    the Task's one step, with Tekton's $(VARIABLE)s
"""
import os
import shlex
import sys

import yaml


def only(items):
    if len(items) != 1:
        sys.exit("%d of them, want one" % len(items))
    return items[0]


def source_of(volume, cluster):
    """The directory that a volume is."""
    if "configMap" in volume:
        return os.path.join(cluster, "configmap", volume["configMap"]["name"])
    if "secret" in volume:
        return os.path.join(cluster, "secret", volume["secret"]["secretName"])
    if "emptyDir" in volume:
        return os.path.join(cluster, "empty")
    return sys.exit("a volume of another kind: %r" % volume)


def cronjob(document, cluster):
    if (document["apiVersion"], document["kind"]) != ("batch/v1", "CronJob"):
        sys.exit("no CronJob")
    spec = document["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    container = only(spec["containers"])
    volumes = {volume["name"]: volume for volume in spec["volumes"]}
    mounts = {mount["mountPath"]: source_of(volumes[mount["name"]], cluster) for mount in container["volumeMounts"]}
    if {mount["name"] for mount in container["volumeMounts"]} != set(volumes):
        sys.exit("a volume that nobody mounts")

    def mounted(text):
        """Longer names first: one may begin with another."""
        for path in sorted(mounts, key=len, reverse=True):
            text = text.replace(path, mounts[path])
        return text

    for variable in container.get("env", []):
        print("export %s=%s" % (variable["name"], shlex.quote(mounted(variable["value"]))))
    print("exec", shlex.join([mounted(word) for word in container["command"] + container["args"]]))


def task(document, assignments):
    if (document["apiVersion"], document["kind"]) != ("tekton.dev/v1", "Task"):
        sys.exit("no Task")
    spec = document["spec"]
    step = only(spec["steps"])
    known = dict(assignment.split("=", 1) for assignment in assignments)

    def substituted(text):
        for name, value in known.items():
            text = text.replace("$(%s)" % name, value)
        return text

    for name in known:
        kind, item = name.split(".")[:2]
        if item not in [declared["name"] for declared in spec[kind]]:
            sys.exit("%s declares no %s" % (kind, item))
    for variable in step.get("env", []):
        print("export %s=%s" % (variable["name"], shlex.quote(substituted(variable["value"]))))
    print(substituted(step["script"]))


def main():
    with open(sys.argv[2], encoding="utf-8") as stream:
        document = yaml.safe_load(stream)
    if sys.argv[1] == "cronjob":
        cronjob(document, sys.argv[3])
    elif sys.argv[1] == "task":
        task(document, sys.argv[3:])
    else:
        sys.exit(__doc__)


main()

# SPDX-License-Identifier: Apache-2.0
"""A Debian root made of packages that this machine has installed: no network is needed.

make_root.py ROOT PACKAGE.deb [NAME...]: ROOT gets Debian's essential packages, those of NAME, what
PACKAGE and these depend on, and nothing else; dpkg in it knows them as installed.
"""
import os
import re
import shutil
import subprocess
import sys

FIELDS = ("db:Status-Status", "Package", "Architecture", "Essential", "Depends", "Pre-Depends",
          "Provides")


def output_of(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def names_in(relation):
    """[[libc6], [mawk, gawk]] for "libc6 (>= 2.34), mawk | gawk"."""
    text = re.sub(r"\([^)]*\)|\[[^]]*\]|:any|:native", "", relation)
    return [[name.strip() for name in part.split("|")] for part in text.split(",") if part.strip()]


def installed_packages():
    """{name: its fields} of all that are installed, those of other architectures left out."""
    form = "\x1f".join("${" + field + "}" for field in FIELDS) + "\x1e"
    own = output_of("dpkg", "--print-architecture").strip()
    packages = {}
    for record in output_of("dpkg-query", "--show", f"--showformat={form}").split("\x1e"):
        fields = dict(zip(FIELDS, record.split("\x1f")))
        if (fields.get("db:Status-Status") == "installed"
                and fields["Architecture"] in (own, "all")):
            packages[fields["Package"]] = fields
    return packages


def closure(packages, relation):
    """Names of the essential packages and all that they and `relation` need."""
    provided = {}
    for name, fields in packages.items():
        for names in names_in(fields["Provides"]):
            provided.setdefault(names[0], name)
    wanted = [[name] for name, fields in packages.items() if fields["Essential"] == "yes"]
    wanted += names_in(relation)
    chosen = set()
    while wanted:
        names = wanted.pop()
        found = next((name for name in names if name in packages), None)
        found = found or next((provided[name] for name in names if name in provided), None)
        if found is None:
            sys.exit(f"make_root.py: this machine has no {' or '.join(names)}")
        if found not in chosen:
            chosen.add(found)
            fields = packages[found]
            wanted += names_in(fields["Depends"]) + names_in(fields["Pre-Depends"])
    return sorted(chosen)


def copy_files(root, names):
    """Files as they are here, links as links; what a package moved away comes along."""
    paths = set()
    for name in names:
        for path in output_of("dpkg-query", "--listfiles", name).splitlines():
            if path.startswith("/") and os.path.lexists(path):
                paths.add(os.path.realpath(os.path.dirname(path)).rstrip("/") + "/"
                          + os.path.basename(path))
    # Links of the alternatives, such as awk, are of no package.
    for link in os.listdir("/etc/alternatives"):
        paths.add(f"/etc/alternatives/{link}")
        paths.update(path for folder in ("/usr/bin", "/usr/sbin")
                     if os.path.islink(path := f"{folder}/{link}"))
    listing = "\0".join(sorted(path.lstrip("/") for path in paths if path.strip("/.")))
    pack = subprocess.run(
        ["tar", "--create", "--no-recursion", "--directory=/", "--null", "--files-from=-"],
        input=listing.encode(), check=True, stdout=subprocess.PIPE)
    subprocess.run(["tar", "--extract", f"--directory={root}"], input=pack.stdout, check=True)


def copy_database(root, names):
    base = f"{root}/var/lib/dpkg"
    for folder in ("info", "updates", "triggers", "alternatives", "parts"):
        os.makedirs(f"{base}/{folder}", exist_ok=True)
    for name in names:
        for path in output_of("dpkg-query", "--control-path", name).splitlines():
            shutil.copy2(path, f"{base}/info/")
        for ending in ("", ":" + output_of("dpkg", "--print-architecture").strip()):
            path = f"/var/lib/dpkg/info/{name}{ending}.list"
            if os.path.exists(path):
                shutil.copy2(path, f"{base}/info/")
    with open("/var/lib/dpkg/info/format", encoding="utf-8") as source:
        with open(f"{base}/info/format", "w", encoding="utf-8") as file:
            file.write(source.read())
    with open(f"{base}/status", "w", encoding="utf-8") as file:
        file.write(output_of("dpkg-query", "--status", *names))


def main():
    root, package, *more = sys.argv[1:]
    relation = ", ".join([output_of("dpkg-deb", "--field", package, "Depends").strip(), *more])
    names = closure(installed_packages(), relation)
    for folder in ("usr/bin", "usr/sbin", "usr/lib", "usr/lib64", "dev", "proc", "tmp", "etc"):
        os.makedirs(f"{root}/{folder}", exist_ok=True)
    os.chmod(f"{root}/tmp", 0o1777)
    for link in ("bin", "sbin", "lib", "lib64"):
        os.symlink(f"usr/{link}", f"{root}/{link}")
    copy_files(root, names)
    copy_database(root, names)
    for name in ("passwd", "group"):
        shutil.copy(f"/usr/share/base-passwd/{name}.master", f"{root}/etc/{name}")
    print(f"{len(names)} packages in {root}")


if __name__ == "__main__":
    main()

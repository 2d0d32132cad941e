# SPDX-License-Identifier: Apache-2.0
# complete.fish SCRIPT LINE...: what fish offers at the end of each LINE, a line each.
source $argv[1]
for line in $argv[2..-1]
    echo (complete -C $line | string split -f 1 \t)
end

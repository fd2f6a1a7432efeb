#!/bin/sh
# The main job on the example organisation, with the same commands that you give for your own files.
# usage: demo.sh FOLDER_OF_THE_COMMAND WORKSPACE
set -eu

bin=$1
workspace=$2
example=src/trede/catalogue/example
export TREDE_BY="${TREDE_BY:-Kwaliteitsmedewerker}"

say() { printf '\n\033[1m%s\033[0m\n' "$1"; }
run() { printf '\n$ trede %s\n' "$*"; "$bin/trede" -w "$workspace" "$@"; }
batch() { "$bin/trede" -w "$workspace" batches | grep "$1 .*telt mee\$\|$1 .*counts\$" | awk '{print $1}' | tail -1; }

rm -rf "$workspace"

say "1. De werkruimte / the workspace"
run init "$workspace" --organisation "$example/organisation.toml"

say "2. De bestanden / the files"
for year in 2022 2023 2024; do
    run import "$example/files/tankpas-$year.csv" --profile "$example/profiles/tankpas.toml"
done
run import "$example/files/elektriciteit-per-vestiging.csv" --profile "$example/profiles/elektriciteit.toml"
run import "$example/files/gas-per-vestiging.csv" --profile "$example/profiles/gas.toml"
run import "$example/files/reizen.csv" --profile "$example/profiles/reizen.toml"
run import "$example/files/laadpas.csv" --profile "$example/profiles/laadpas.toml"

say "3. Wat nog openstaat / what is open"
run rows "$(batch tankpas-2024.csv)"
run import "$example/files/tankpas-2024-verbeterd.csv" --profile tankpas --replaces "$(batch tankpas-2024.csv)"
corrected=$(batch tankpas-2024-verbeterd.csv)
held=$("$bin/trede" -w "$workspace" rows "$corrected" --fate held | awk '$1 ~ /^[0-9]+$/ {print $1}' | tr "\n" " ")
# shellcheck disable=SC2086
run decide "$corrected" $held --drop --reason "Dubbel geleverd door de leasemaatschappij (zelfde bonnummer)"

say "4. Lijsten van het eigen jaar / own-year lists"
run run 2024 --own-year-lists || true

say "5. Besluit: de lijst van 2026 voor alle drie de jaren / decision: the 2026 list for all three years"
run pin co2emissiefactoren-2026-08-20 --years 2022 2023 2024 \
    --reason "Voorbeeld: de lijsten van 2022-2024 zijn niet geladen"
run run 2022 2023 2024

say "6. De voetafdruk / the footprint"
run show 2022 2023 2024

say "7. Waardoor het veranderde / what changed it"
run compare 2022 2024 --standard ladder

say "8. Volledigheid, en wat u nu kunt doen / completeness, and what to do next"
run status 2022 2023 2024
run verify

printf '\nVerder / next:\n'
printf '  %s/trede -w %s explain 2024/ghg/scope-1\n' "$bin" "$workspace"
printf '  %s/trede -w %s --lang en show 2024\n' "$bin" "$workspace"
printf '  %s/trede --help\n' "$bin"

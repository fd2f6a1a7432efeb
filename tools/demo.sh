#!/bin/sh
# The main job on the example organisation, with the same commands that you give for your own files.
# usage: demo.sh FOLDER_OF_THE_COMMAND WORKSPACE
set -eu

bin=$1
workspace=$2
example=src/trede/catalogue/example
export TREDE_BY="${TREDE_BY:-Kwaliteitsmedewerker}"

say() { printf '\n\033[1m%s\033[0m\n' "$1"; }
quiet() { "$bin/trede" -w "$workspace" "$@"; }
run() { printf '\n$ trede %s\n' "$*"; quiet "$@"; }
take() { run import "$example/files/$1" --profile "$example/profiles/$2.toml"; }
batch() { quiet batches | grep "$1 .*telt mee\$\|$1 .*counts\$" | awk '{print $1}' | tail -1; }

rm -rf "$workspace"

say "1. De werkruimte / the workspace"
run init "$workspace" --organisation "$example/organisation.toml"

say "2. De bestanden: tankpassen, reizen, laadpassen / the files: fuel cards, travel, charging cards"
for year in 2022 2023 2024; do
    take "tankpas-$year.csv" tankpas
done
take reizen.csv reizen
take laadpas.csv laadpas

say "3. Meterstanden, een opgave naar vloeroppervlak, een kruistabel / readings, a statement by floor area, a cross-tab"
take meterstanden-hoofdkantoor.csv meterstanden
take verhuurder-elektriciteit.csv verhuurder
take aardgas-per-maand.xlsx aardgas

say "4. De nota achter het gas van het hoofdkantoor / the invoice behind the gas of the head office"
run attach "$example/files/gasnota-hoofdkantoor-2024.pdf" --to document:VE-2024-0001 --page 1 --note "jaarnota 2024"

say "5. Wat nog openstaat / what is open"
run rows "$(batch tankpas-2024.csv)"
run import "$example/files/tankpas-2024-verbeterd.csv" --profile tankpas --replaces "$(batch tankpas-2024.csv)"
corrected=$(batch tankpas-2024-verbeterd.csv)
held=$(quiet rows "$corrected" --fate held | awk '$1 ~ /^[0-9]+$/ {print $1}' | tr "\n" " ")
# shellcheck disable=SC2086
run decide "$corrected" $held --drop --reason "Dubbel geleverd door de leasemaatschappij (zelfde bonnummer)"

say "6. Lijsten van het eigen jaar / own-year lists"
run run 2024 --own-year-lists || true

say "7. Besluit: de lijst van 2026 voor alle drie de jaren / decision: the 2026 list for all three years"
run pin co2emissiefactoren-2026-08-20 --years 2022 2023 2024 \
    --reason "Voorbeeld: de lijsten van 2022-2024 zijn niet geladen"
run run 2022 2023 2024

say "8. De voetafdruk / the footprint"
run show 2022 2023 2024

say "9. Telt iets dubbel? De kantoormeter telt de laadpunten mee / does something count twice? The office meter has the chargers"
run findings
found=$(quiet findings | awk '$1 ~ /^[0-9a-f]+$/ && length($1) >= 8 {print $1}' | tr "\n" " ")
# shellcheck disable=SC2086
run cover $found --reason "Voorbeeld: de laadpunten zitten achter de meter van het hoofdkantoor"
run run 2022 2023 2024
run show 2022 2023 2024 --standard ladder

say "10. Waardoor het veranderde / what changed it"
run compare 2022 2024 --standard ladder

say "11. Volledigheid, en wat u nu kunt doen / completeness, and what to do next"
run status 2022 2023 2024

say "12. Openbaar maken: dit cijfer staat nu vast / making it public: this figure stays as it is"
run publish 2024 --reason "Voorbeeld: jaarverslag 2024"

say "13. Het rapport / the report"
run report 2022 2023 2024 --pdf "$workspace/reports/voetafdruk.pdf" --xlsx "$workspace/reports/voetafdruk.xlsx"

say "14. Narekenen, ook door een ander / making it again, also by somebody else"
run verify
run bundle 2024 "$workspace/reports/2024.zip"
run verify "$workspace/reports/2024.zip"

printf '\nVerder / next:\n'
printf '  %s/trede -w %s explain 2024/ghg/scope-1\n' "$bin" "$workspace"
printf '  %s/trede -w %s --lang en show 2024\n' "$bin" "$workspace"
printf '  %s/trede --help\n' "$bin"

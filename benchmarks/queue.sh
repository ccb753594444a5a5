#!/usr/bin/env bash
# Copyright the mailio authors. SPDX-License-Identifier: Apache-2.0
#
# Measures the durable queue and the relay, and prints a Markdown table with the goals; README.md says what and how.
#
#   benchmarks/queue.sh [--quick] [--no-build] [w6] [delivery] [depth] [open]
#
#   --quick     a minute, to see that everything works; the figures mean nothing
#   --no-build  takes what the last build left in target/
#   w6          acceptance into the queue against a bare sink with group commit
#   delivery    a full queue to smtp-sink, one destination
#   depth       the same with a deep queue against a shallow one, many destinations
#   open        opening a deep queue against reading its files
#
# Without a part: all of them. About a quarter of an hour and 6 GB of disk.
# Environment: ROUNDS=5 (fresh JVMs), REPEATS=3 (measurements in each; of delivery and depth), DEEP=1000000 and
# SHALLOW=10000 (messages), DESTINATIONS=10000, DIRECTORY=target (where queues lie), CACHE=warm (or cold: empties the
# page cache of the machine before each opening and reading; needs root), HEAP=1g, JAVA_OPTS.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

quick=false build=true parts=()
for argument in "$@"; do
	case $argument in
		--quick) quick=true ;;
		--no-build) build=false ;;
		w6 | delivery | depth | open) parts+=("$argument") ;;
		*) sed -n '5,19s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
	esac
done
((${#parts[@]} > 0)) || parts=(w6 delivery depth open)
if $quick; then
	: "${ROUNDS:=1}" "${REPEATS:=1}" "${DEEP:=20000}" "${SHALLOW:=2000}" "${DESTINATIONS:=1000}"
	one=4000 warm_up=1
else
	one=30000 warm_up=8
fi
: "${ROUNDS:=5}" "${REPEATS:=3}" "${DEEP:=1000000}" "${SHALLOW:=10000}" "${DESTINATIONS:=10000}"
: "${DIRECTORY:=target}" "${CACHE:=warm}" "${HEAP:=1g}" "${JAVA_OPTS:=}"

size=4096
server_core=0 load_core=1
java=java
[[ -z ${JAVA_HOME:-} ]] || java=$JAVA_HOME/bin/java
read -ra java_options <<<"-Xms$HEAP -Xmx$HEAP $JAVA_OPTS"
program=("$java" "${java_options[@]}" -cp "target/classes:target/lib/*")

die() { echo "queue.sh: $*" >&2; exit 1; }
say() { echo "$*" >&2; }

# ---- Processes: everything that is started here is ended here, by its id ----

work=$(mktemp -d "$(cd "$DIRECTORY" && pwd)/queue.XXXXXX")
running= sink=
declare -A relay=() to_relay=() from_relay=()
clean_up() {
	local each
	trap - EXIT INT TERM
	for each in $running $sink "${relay[@]}"; do
		kill "$each" 2>/dev/null || true
		wait "$each" 2>/dev/null || true
	done
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# In the background and waited for, so that a signal is answered at once; what it prints is left in $work/out.
run() { # seconds, command...
	local status=0
	timeout "$1" "${@:2}" >"$work/out" </dev/null &
	running=$!
	wait "$running" || status=$?
	running=
	((status == 0)) || die "'${*:2}' failed with $status"
}

start_sink() { # leaves the port in $port
	local smtp_sink tries options=()
	[[ -z $sink ]] || return 0
	smtp_sink=$(PATH=$PATH:/usr/sbin command -v smtp-sink) || die "smtp-sink is in the Debian package postfix"
	((EUID != 0)) || options=(-u nobody)
	for ((tries = 0; tries < 20; tries++)); do
		port=$((20000 + RANDOM % 10000))
		taskset -c $load_core "$smtp_sink" -4 -m 1000 "${options[@]}" "127.0.0.1:$port" 512 2>"$work/sink.log" &
		sink=$!
		sleep 0.5
		! kill -0 "$sink" 2>/dev/null || return 0
		sink=
	done
	cat "$work/sink.log" >&2
	die "smtp-sink did not start"
}

# ---- Figures: lines "name value" in $work/figures ----

median() { # name
	awk -v name="$1" '$1 == name { print $2 }' "$work/figures" | sort -g \
		| awk '{ value[NR] = $1 } END { if (NR) printf "%.17g", (value[int((NR + 1) / 2)] + value[int(NR / 2) + 1]) / 2 }'
}

figure() { # name, printf format
	# shellcheck disable=SC2059
	printf "$2" "$(median "$1")"
}

ratio() { # name, value, value
	awk -v name="$1" -v one="$2" -v other="$3" 'BEGIN { printf "%s %.6f\n", name, one / other }' >>"$work/figures"
}

row() { # cells...
	printf '| %s ' "$@" >>"$work/table"
	printf '|\n' >>"$work/table"
}

# ---- The parts ----

# As every other pair of servers.
measure_w6() {
	local options=(--durable --no-build)
	! $quick || options+=(--quick)
	ROUNDS=$ROUNDS REPEATS=$REPEATS ./run.sh "${options[@]}" >"$work/w6" || die "run.sh failed"
	awk -F ' *[|] *' '/^\| W6/ { print "commit", $3; print "queue", $4; print "w6", $5; print "w6-cpu", $8 }' \
		"$work/w6" >>"$work/figures"
	row "w6: accepted, messages/s" "bare group commit" "$(figure commit %.0f)" "queue" "$(figure queue %.0f)" \
		"$(figure w6 %.2f), by CPU $(figure w6-cpu %.2f)" "≥ 0.8"
}

# A process on core 0 that sends from a queue to smtp-sink when it is asked, and waits otherwise.
start_relay() { # name, messages, destinations
	mkfifo "$work/$1.in" "$work/$1.out"
	taskset -c $server_core "${program[@]}" io.mailio.benchmarks.RelayLoad "$port" "$work/$1" "${@:2}" \
		<"$work/$1.in" >"$work/$1.out" &
	relay[$1]=$!
	exec {to_relay[$1]}>"$work/$1.in" {from_relay[$1]}<"$work/$1.out"
}

ask() { # name, deliveries; leaves messages per second in $rate and CPU seconds per 1,000 in $cpu
	echo "$2" >&"${to_relay[$1]}"
	read -r -t 900 rate cpu <&"${from_relay[$1]}" || die "nothing was delivered from the queue $1"
}

stop_relay() { # name
	echo 0 >&"${to_relay[$1]}"
	wait "${relay[$1]}" || die "the relay of the queue $1 failed"
	exec {to_relay[$1]}>&- {from_relay[$1]}<&-
	unset "relay[$1]"
	rm "$work/$1.in" "$work/$1.out"
}

measure_delivery() {
	local round repeat
	start_sink
	for ((round = 0; round < ROUNDS; round++)); do
		start_relay one $one 1
		for ((repeat = -warm_up / 3 - 1; repeat < REPEATS; repeat++)); do
			ask one $one
			((repeat < 0)) || echo "one $rate" >>"$work/figures"
		done
		stop_relay one
		rm -rf "$work/one"
	done
	row "delivery: to one destination, messages/s" "" "" "$one messages" "$(figure one %.0f)" "" "≥ 5,000"
}

# A queue with $DEEP messages, made once for all parts.
fill_deep() {
	[[ ! -d $work/deep ]] || return 0
	say "Filling a queue with $DEEP messages"
	run 3600 "${program[@]}" io.mailio.benchmarks.QueueLoad "$work/deep" fill "$DEEP" \
		"$DESTINATIONS" $size
}

measure_depth() {
	local round repeat shallow shallow_cpu
	start_sink
	fill_deep
	for ((round = 0; round < ROUNDS; round++)); do
		start_relay shallow "$SHALLOW" "$DESTINATIONS"
		start_relay deep "$DEEP" "$DESTINATIONS"
		for ((repeat = -warm_up; repeat < REPEATS; repeat++)); do
			ask shallow "$SHALLOW"
			shallow=$rate shallow_cpu=$cpu
			ask deep "$SHALLOW"
			((repeat >= 0)) || continue
			echo -e "shallow $shallow\ndeep $rate" >>"$work/figures"
			ratio depth "$rate" "$shallow"
			ratio depth-cpu "$shallow_cpu" "$cpu"
		done
		stop_relay shallow
		stop_relay deep
		rm -rf "$work/shallow"
	done
	row "depth: to $DESTINATIONS destinations, messages/s" "$SHALLOW messages" "$(figure shallow %.0f)" "$DEEP messages" \
		"$(figure deep %.0f)" "$(figure depth %.2f), by CPU $(figure depth-cpu %.2f)" "≥ 0.9"
}

milliseconds() { # read or open; leaves them in $elapsed and among the figures
	if [[ $CACHE = cold ]]; then
		sync
		echo 3 >/proc/sys/vm/drop_caches
	fi
	run 600 "${program[@]}" io.mailio.benchmarks.QueueLoad "$work/deep" "$1"
	elapsed=$(<"$work/out")
	echo "$1 $elapsed" >>"$work/figures"
}

measure_open() {
	local round read
	[[ $CACHE != cold ]] || ((EUID == 0)) || die "only root may empty the page cache"
	fill_deep
	# So that all of it that the page cache can hold is there.
	[[ $CACHE = cold ]] || cat "$work"/deep/*.mq >/dev/null
	for ((round = 0; round < ROUNDS; round++)); do
		milliseconds read
		read=$elapsed
		milliseconds open
		ratio opening "$elapsed" "$read"
	done
	row "open: $DEEP messages, $CACHE page cache, ms" "reading the files" "$(figure read %.0f)" "opening the queue" \
		"$(figure open %.0f)" "$(figure opening %.2f)" "≤ 2"
}

# ---- Start ----

for tool in "$java" taskset awk timeout; do
	command -v "$tool" >/dev/null || die "$tool is missing (Debian: openjdk-17-jdk-headless, util-linux, gawk or mawk, coreutils)"
done
(($(nproc) >= 2)) || die "two cores are needed, one for the server and one for the load"
if $build; then
	say "Building"
	(cd .. && mvn -q -pl benchmarks -am package -DskipTests -Dmaven.javadoc.skip -Dmaven.source.skip) >&2
fi

: >"$work/figures"
printf '| part | beside | | measured | | ratio | goal |\n|---|---|---|---|---|---|---|\n' >"$work/table"
for part in "${parts[@]}"; do
	"measure_$part"
	say "$part done"
done
cat "$work/table"

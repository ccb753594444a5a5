#!/usr/bin/env bash
# Copyright the mailio authors. SPDX-License-Identifier: Apache-2.0
#
# Measures the engine against the bare sink and prints a Markdown table; README.md says what and how.
#
#   benchmarks/run.sh [--quick] [--no-build] [--tls | --durable | --smtp-source]
#
#   --quick        half a minute, to see that everything works; the figures mean nothing
#   --no-build     takes what the last build left in target/
#   --tls          the engine with TLS by OpenSSL against the engine with TLS by the JDK
#   --durable      the engine with its queue against a bare sink with group commit: both keep what they accept
#   --smtp-source  instead of the table: each server loaded in turn by smtp-load and by Postfix's smtp-source
#
# Environment: ROUNDS=5 (pairs of fresh JVMs), REPEATS=3 (of each workload in a round), WARMUP=300000 (messages),
# SESSIONS=10000 (idle), SERVERS="bare engine", WORKLOADS="W1 W2 W3 W5 W4", JAVA_OPTS (for both servers).
# With --tls WARMUP=20000, SERVERS="jdk openssl", WORKLOADS="W7 W3".
# With --durable WARMUP=100000, SERVERS="commit queue", WORKLOADS="W6", DIRECTORY=target (where messages are kept).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

quick=false build=true cross_check=false tls=false durable=false modes=
for argument in "$@"; do
	case $argument in
		--quick) quick=true ;;
		--no-build) build=false ;;
		--tls) tls=true modes+=1 ;;
		--durable) durable=true modes+=1 ;;
		--smtp-source) cross_check=true modes+=1 ;;
		*) sed -n '5,15s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
	esac
done
if $quick; then
	: "${ROUNDS:=1}" "${REPEATS:=1}" "${WARMUP:=2000}" "${SESSIONS:=500}"
fi
((${#modes} <= 1)) || { echo "run.sh: --tls, --durable and --smtp-source exclude each other" >&2; exit 2; }
if $durable; then
	: "${WARMUP:=100000}" "${SERVERS:=commit queue}" "${WORKLOADS:=W6}"
	left=commit right=queue over_tls=
elif $tls; then
	: "${WARMUP:=20000}" "${SERVERS:=jdk openssl}" "${WORKLOADS:=W7 W3}"
	left=jdk right=openssl over_tls=--tls
else
	left=bare right=engine over_tls=
fi
: "${ROUNDS:=5}" "${REPEATS:=3}" "${WARMUP:=300000}" "${SESSIONS:=10000}"
: "${SERVERS:=bare engine}" "${WORKLOADS:=W1 W2 W3 W5 W4}" "${JAVA_OPTS:=}" "${DIRECTORY:=target}"
read -ra servers <<<"$SERVERS"

# One core: the JVM would choose the serial collector by itself. A fixed heap keeps its growth out of the figures.
jvm_options=(-Xms512m -Xmx512m -XX:+UseSerialGC -XX:+AlwaysPreTouch)
read -ra more_options <<<"$JAVA_OPTS"
java=java jcmd=jcmd keytool=keytool
[[ -z ${JAVA_HOME:-} ]] || java=$JAVA_HOME/bin/java jcmd=$JAVA_HOME/bin/jcmd keytool=$JAVA_HOME/bin/keytool
server_core=0 load_core=1
declare -A main_class=([bare]=BareSink [engine]=EngineSink [jdk]=EngineSink [openssl]=EngineSink [commit]=BareSink
	[queue]=EngineQueue)

declare -A messages=([W1]=8000 [W2]=20000 [W3]=200 [W5]=20000 [W6]=20000 [W7]=600)
declare -A workload=(
	[W1]="--connections 50 --per-connection 1 --total ${messages[W1]} $over_tls"
	[W2]="--connections 50 --per-connection 400 $over_tls"
	[W3]="--connections 4 --total ${messages[W3]} --size 10485760 $over_tls"
	[W5]="--connections 50 --per-connection 400 --pipelined $over_tls"
	[W6]="--connections 50 --per-connection 400"
	[W7]="--connections 50 --handshakes --total ${messages[W7]}"
)
declare -A title=(
	[W1]="W1: one 4 KiB message per connection, 50 at once, messages/s"
	[W2]="W2: 4 KiB, 50 connections kept open, messages/s"
	[W3]="W3: 10 MiB, 4 connections, MiB/s"
	[W5]="W5: as W2, pipelined, messages/s"
	[W6]="W6: 4 KiB kept on disk, 50 connections kept open, messages/s"
	[W7]="W7: STARTTLS with a full handshake, 50 at once, handshakes/s"
	[W4]="W4: live heap per idle session, KiB"
)

die() { echo "run.sh: $*" >&2; exit 1; }
say() { echo "$*" >&2; }

# ---- Processes: everything that is started here is ended here, by its id ----

work=$(mktemp -d)
kept=
declare -A pid=() port=()
load_pid=
clean_up() {
	local each
	trap - EXIT INT TERM
	[[ -z $load_pid ]] || kill "$load_pid" 2>/dev/null || true
	for each in "${pid[@]}"; do
		kill "$each" 2>/dev/null || true
		wait "$each" 2>/dev/null || true
	done
	rm -rf "$work" ${kept:+"$kept"}
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

start_server() { # name
	local log=$work/$1.log tries
	local -A more=([engine]="$work/queue" [jdk]="$work/queue-jdk JDK $work/key.p12"
		[openssl]="$work/queue-openssl OPENSSL $work/key.p12" [commit]="$kept/commit" [queue]="$kept/queue example.com")
	: >"$log"
	# shellcheck disable=SC2086 # options, one word each
	taskset -c $server_core "$java" "${jvm_options[@]}" "${more_options[@]}" \
		-cp "target/classes:target/lib/*" "io.mailio.benchmarks.${main_class[$1]}" 0 ${more[$1]:-} >"$log" 2>&1 &
	pid[$1]=$!
	for ((tries = 0; tries < 600; tries++)); do
		port[$1]=$(sed -n 's/^ready //p' "$log")
		[[ -z ${port[$1]} ]] || return 0
		kill -0 "${pid[$1]}" 2>/dev/null || break
		sleep 0.1
	done
	cat "$log" >&2
	die "the $1 server did not start"
}

stop_server() { # name
	kill "${pid[$1]}" 2>/dev/null || true
	wait "${pid[$1]}" 2>/dev/null || true
	unset "pid[$1]"
	# Whatever a server had to say, it says at level WARN: worth reading. That it only relays, and for everybody, is on
	# purpose here.
	grep -v -e '^ready ' -e 'OPEN RELAY' -e 'No handler keeps mail' "$work/$1.log" >&2 || true
	! $durable || check_kept "$1"
}

# Whoever has lost or sent on a message measures something else.
check_kept() { # server
	local octets least=$(((WARMUP + (REPEATS + 1) * messages[W6]) * 4096))
	octets=$(du -sb "$kept/$1" | cut -f 1)
	rm -rf "${kept:?}/$1"
	((octets >= least)) || die "the $1 server has kept $octets octets only, not $least"
}

# What the load client and the server had to say, then the end.
failed() { # server, message
	grep -v '^ready ' "$work/$1.log" >&2 || true
	cat "$work/load.json" >&2
	die "$2"
}

# smtp-load in the background and waited for, so that a signal is answered at once.
load() { # server, options...
	local server=$1 status=0
	shift
	taskset -c $load_core target/smtp-load --port "${port[$server]}" "$@" >"$work/load.json" </dev/null &
	load_pid=$!
	wait "$load_pid" || status=$?
	load_pid=
	((status == 0)) || failed "$server" "load on the $server server failed"
}

# ---- Reading figures ----

field() { sed -n "s/.*\"$1\": \([0-9.]*\).*/\1/p" "$work/load.json"; }

# utime + stime in clock ticks; the name before them may hold anything but ends with the last ")".
cpu_ticks() { awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$1/stat"; }

# Nanoseconds its threads ran, and nanoseconds they wanted to run and waited for the core.
ran_and_waited() { cat "/proc/$1"/task/*/schedstat 2>/dev/null | awk '{ ran += $1; waited += $2 } END { printf "%.0f %.0f", ran, waited }'; }

live_heap() { # server: bytes that survive a full collection
	local each
	for each in 1 2; do
		taskset -c $load_core "$jcmd" "${pid[$1]}" GC.run >/dev/null
	done
	taskset -c $load_core "$jcmd" "${pid[$1]}" GC.class_histogram | awk '$1 == "Total" { print $3 }'
}

# Closed sessions may stay reachable for a moment by timers that are still to run: waits until the figure stands still.
settled_heap() { # server
	local last=0 now tries
	for ((tries = 0; tries < 60; tries++)); do
		now=$(live_heap "$1")
		((now < last - last / 500 || now > last + last / 500)) || break
		last=$now
		sleep 0.5
	done
	echo "$now"
}

calculate() { awk "BEGIN { printf \"$1\", $2 }"; }

median() { # column, then awk condition; lines are "workload server rate p50 p99 cpu" or "workload ratio value"
	awk "$2 { print \$$1 }" "$work/figures" | sort -g \
		| awk '{ value[NR] = $1 } END { if (NR) printf "%.17g", (value[int((NR + 1) / 2)] + value[int(NR / 2) + 1]) / 2 }'
}

# ---- Measuring ----

warm_up() { # server
	local kind
	# shellcheck disable=SC2086
	load "$1" --connections 50 --total "$WARMUP" --limit 600 $over_tls
	! $tls || load "$1" --connections 50 --handshakes --total "$((WARMUP / 5))"
	for kind in $WORKLOADS; do
		# shellcheck disable=SC2086 # options, one word each
		[[ $kind = W4 ]] || load "$1" ${workload[$kind]}
	done
}

measure() { # workload, server; leaves the rate in $rate and the server's ticks in $ticks
	local before after schedule
	schedule=$(ran_and_waited "${pid[$2]}")
	before=$(cpu_ticks "${pid[$2]}")
	# shellcheck disable=SC2086
	load "$2" ${workload[$1]}
	after=$(cpu_ticks "${pid[$2]}")
	ticks=$((after - before))
	echo "$schedule $(ran_and_waited "${pid[$2]}")" >>"$work/schedule"
	rate=$(field messages_per_second)
	[[ $1 != W3 ]] || rate=$(field mib_per_second)
	echo "$1 $2 $rate $(field p50_us) $(field p99_us)" \
		"$(calculate %.6f "$ticks / $ticks_per_second * 1000 / ${messages[$1]}")" >>"$work/figures"
}

measure_idle() { # server; leaves the heap per session in $rate
	local empty held status=0
	empty=$(settled_heap "$1")
	mkfifo "$work/hold"
	taskset -c $load_core target/smtp-load --port "${port[$1]}" --connections "$SESSIONS" --idle --limit 300 \
		<"$work/hold" >"$work/load.json" &
	load_pid=$!
	exec 9>"$work/hold"
	until [[ -s $work/load.json ]]; do
		kill -0 "$load_pid" 2>/dev/null || failed "$1" "the idle sessions could not be opened on the $1 server"
		sleep 0.1
	done
	held=$(settled_heap "$1")
	exec 9>&-
	wait "$load_pid" || status=$?
	load_pid=
	rm "$work/hold"
	((status == 0)) || failed "$1" "idle sessions were lost on the $1 server"
	rate=$(calculate %.3f "($held - $empty) / $SESSIONS / 1024")
	echo "W4 $1 $rate 0 0 0" >>"$work/figures"
}

measure_in_turn() { # workload
	local server first= first_ticks=
	for server in "${servers[@]}"; do
		ticks=0
		if [[ $1 = W4 ]]; then measure_idle "$server"; else measure "$1" "$server"; fi
		if [[ -z $first ]]; then
			first=$rate first_ticks=$ticks
			continue
		fi
		echo "$1 ratio $(calculate %.6f "$rate / $first")" >>"$work/figures"
		((ticks == 0)) || echo "$1 cpu-ratio $(calculate %.6f "$first_ticks / $ticks")" >>"$work/figures"
	done
}

run_round() { # number
	local server kind repeat
	for server in "${servers[@]}"; do
		start_server "$server"
		warm_up "$server"
	done
	for kind in $WORKLOADS; do
		for ((repeat = 0; repeat < REPEATS; repeat++)); do
			measure_in_turn "$kind"
			[[ $kind != W4 ]] || break
		done
	done
	for server in "${servers[@]}"; do
		stop_server "$server"
	done
	say "round $1 of $ROUNDS done"
}

# ---- The table ----

cell() { # printf format, value (may be empty)
	# shellcheck disable=SC2059
	if [[ -n $2 ]]; then printf "$1" "$2"; else printf -- '–'; fi
}

figure() { # workload, server or kind of ratio, column, printf format
	cell "$4" "$(median "$3" "\$1 == \"$1\" && \$2 == \"$2\"")"
}

row() { # workload
	local server format=%.0f
	[[ $1 != W4 ]] || format=%.2f
	printf '| %s | %s | %s | %s' "${title[$1]}" "$(figure "$1" $left 3 $format)" "$(figure "$1" $right 3 $format)" \
		"$(figure "$1" ratio 3 %.2f)"
	if [[ $1 = W4 ]]; then
		printf ' | | | | | |\n'
		return
	fi
	for server in $left $right; do
		printf ' | %s' "$(figure "$1" $server 6 %.4f)"
	done
	printf ' | %s' "$(figure "$1" cpu-ratio 3 %.2f)"
	for server in $left $right; do
		printf ' | %s / %s' "$(figure "$1" $server 4 %.0f)" "$(figure "$1" $server 5 %.0f)"
	done
	printf ' |\n'
}

# Whether the machine was quiet: on a core of its own the server hardly ever waits.
quietness() {
	awk '{ ran += $3 - $1; waited += $4 - $2 }
		END { if (ran) printf "\nThe servers had %.0f %% of the time that they wanted core 0 for.\n", 100 * ran / (ran + waited) }' \
		"$work/schedule"
}

table() {
	local kind
	echo "| workload | $left | $right | $right/$left | CPU s per 1,000: $left | $right | $left/$right | latency p50 / p99 in µs: $left | $right |"
	echo "|---|---|---|---|---|---|---|---|---|"
	for kind in $WORKLOADS; do
		row "$kind"
	done
	quietness
}

# ---- A second opinion ----

load_by_source() { # server, options of smtp-source...; leaves the rate in $rate
	local server=$1 begin count=${messages[$kind]}
	shift
	begin=$(date +%s%N)
	timeout 300 taskset -c $load_core "$smtp_source" -s 50 -l 4096 -m "$count" -M load.example \
		-f sender@example.org -t recipient@example.com "$@" "inet:127.0.0.1:${port[$server]}" >/dev/null &
	load_pid=$!
	wait "$load_pid" || die "smtp-source failed"
	load_pid=
	rate=$(calculate %.1f "$count / (($(date +%s%N) - $begin) / 1e9)")
}

cross_check() {
	local server kind repeat before after each
	smtp_source=$(PATH=$PATH:/usr/sbin command -v smtp-source) || die "smtp-source is in the Debian package postfix"
	declare -A source_options=([W1]="" [W2]="-d")
	WORKLOADS="W1 W2"
	echo "| server | workload | smtp-load: messages/s | CPU s per 1,000 | smtp-source: messages/s | CPU s per 1,000 |"
	echo "|---|---|---|---|---|---|"
	for server in "${servers[@]}"; do
		start_server "$server"
		warm_up "$server"
		for kind in W1 W2; do
			for ((repeat = 0; repeat < REPEATS * ROUNDS; repeat++)); do
				measure $kind "$server"
				before=$(cpu_ticks "${pid[$server]}")
				# shellcheck disable=SC2086
				load_by_source "$server" ${source_options[$kind]}
				after=$(cpu_ticks "${pid[$server]}")
				echo "$kind $server-source $rate 0 0" \
					"$(calculate %.6f "($after - $before) / $ticks_per_second * 1000 / ${messages[$kind]}")" \
					>>"$work/figures"
			done
			printf '| %s | %s' "$server" $kind
			for each in "$server" "$server-source"; do
				printf ' | %.0f | %.3f' "$(median 3 "\$1 == \"$kind\" && \$2 == \"$each\"")" \
					"$(median 6 "\$1 == \"$kind\" && \$2 == \"$each\"")"
			done
			printf ' |\n'
		done
		stop_server "$server"
	done
	quietness
}

# ---- Start ----

for tool in "$java" "$jcmd" "$keytool" gcc taskset awk; do
	command -v "$tool" >/dev/null || die "$tool is missing (Debian: openjdk-17-jdk-headless, gcc, libc6-dev, libssl-dev, util-linux, gawk or mawk)"
done
(($(nproc) >= 2)) || die "two cores are needed, one for the server and one for the load"
ulimit -n "$(ulimit -Hn)"
files=$(ulimit -n)
if [[ $files != unlimited ]] && ((SESSIONS > files - 1000)); then
	SESSIONS=$((files - 1000))
	say "Only $files open files are allowed: $SESSIONS idle sessions instead"
fi
ticks_per_second=$(getconf CLK_TCK)

if $build; then
	say "Building"
	(cd .. && mvn -q -pl benchmarks -am package -DskipTests -Dmaven.javadoc.skip -Dmaven.source.skip) >&2
fi
gcc -std=gnu11 -O2 -Wall -o target/smtp-load src/main/c/smtp-load.c -lssl -lcrypto
if $tls; then
	"$keytool" -genkeypair -keystore "$work/key.p12" -storetype PKCS12 -storepass changeit -alias bench \
		-keyalg EC -groupname secp256r1 -dname CN=bench.example -validity 2 >/dev/null 2>&1
fi

! $durable || kept=$(mktemp -d "$(cd "$DIRECTORY" && pwd)/kept.XXXXXX")

: >"$work/figures" >"$work/schedule"
if $cross_check; then
	cross_check
	exit
fi
for ((round = 1; round <= ROUNDS; round++)); do
	run_round $round
done
table

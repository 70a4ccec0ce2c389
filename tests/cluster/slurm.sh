#!/usr/bin/env bash
# A real Slurm for tests: two virtual nodes on the loopback interface, run by the calling user.
#   slurm.sh usable | install | start | stop | cut-power NODE | boot NODE
# All that it writes lies in one folder, but for the link /etc/slurm/slurm.conf. Daemons are found
# by their pid files. `usable` says why not, where this machine has a Slurm of its own.
set -euo pipefail

HOME_OF_IT=/tmp/cityscapes-test-slurm
NODES=(n1 n2)
PORT=16900 # of slurmctld; the nodes have the next ones
CONF=/etc/slurm/slurm.conf
PACKAGES=(munge slurmctld slurmd slurm-client slurm-wlm-basic-plugins)
PATH=$PATH:/usr/sbin:/sbin

as_root() { if [[ $(id -u) == 0 ]]; then "$@"; else sudo -n "$@"; fi; }

ours() { [[ $(readlink "$CONF") == "$HOME_OF_IT/slurm.conf" ]]; }

usable() {
    if [[ -n ${SLURM_CONF:-} ]] || { [[ -e $CONF || -L $CONF ]] && ! ours; }; then
        echo "this machine has a Slurm of its own (${SLURM_CONF:-$CONF})"
        return 1
    elif ! ours && { pgrep -x slurmctld || pgrep -x slurmd || pgrep -x munged; } >/dev/null; then
        echo "Slurm or munge run on this machine already"
        return 1
    elif ! command -v dpkg >/dev/null || ! as_root true 2>/dev/null; then
        echo "Slurm cannot be installed: that needs apt, and root or sudo without a password"
        return 1
    fi
}

install() {
    dpkg --status "${PACKAGES[@]}" >/dev/null 2>&1 && return
    local policy=/usr/sbin/policy-rc.d
    if [[ ! -e $policy ]]; then # or the packages would start daemons of their own
        printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
        as_root chmod +x $policy
        trap "as_root rm -f $policy" EXIT
    fi
    as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${PACKAGES[@]}"
}

configure() {
    local host node port=$PORT
    host=$(hostname -s)
    mkdir -p "$HOME_OF_IT"/{state,munge}
    chmod 755 "$HOME_OF_IT" "$HOME_OF_IT/munge"
    (umask 077 && head -c 1024 /dev/urandom >"$HOME_OF_IT/munge/key")
    {
        cat <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$PORT
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthInfo=socket=$HOME_OF_IT/munge/socket
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
StateSaveLocation=$HOME_OF_IT/state
SlurmdSpoolDir=$HOME_OF_IT/spool-%n
SlurmctldPidFile=$HOME_OF_IT/slurmctld.pid
SlurmdPidFile=$HOME_OF_IT/%n.pid
SlurmctldLogFile=$HOME_OF_IT/slurmctld.log
SlurmdLogFile=$HOME_OF_IT/%n.log
# More CPUs and memory than there may be, and no control groups.
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=1
JobAcctGatherParams=OverMemoryKill,UsePss
# Quick decisions: a dead node is noticed after 10 s, a free one is used at once.
SlurmdTimeout=10
KillWait=2
OverTimeLimit=0
SchedulerParameters=sched_interval=2,bf_interval=2,batch_sched_delay=0
MinJobAge=600
ReturnToService=2
CONF
        for node in "${NODES[@]}"; do
            mkdir -p "$HOME_OF_IT/spool-$node"
            echo "NodeName=$node NodeHostname=$host NodeAddr=127.0.0.1 Port=$((++port))" \
                "CPUs=4 SocketsPerBoard=1 CoresPerSocket=4 ThreadsPerCore=1 RealMemory=16000 Feature=$node"
        done
        echo "PartitionName=test Nodes=ALL Default=YES LLN=YES DefaultTime=10" # on both nodes at once
    } >"$HOME_OF_IT/slurm.conf"
    # slurmd loads a plugin for control groups even where nothing uses it.
    local plugin=disabled version
    version=$(slurmd -V)
    dpkg --compare-versions "${version#* }" ge 24.05 || plugin=cgroup/v1
    echo "CgroupPlugin=$plugin" >"$HOME_OF_IT/cgroup.conf"
    # The plugin takes SLURM_CONF from its jobs: the default path must lead to our file.
    as_root mkdir -p /etc/slurm
    as_root ln -sfn "$HOME_OF_IT/slurm.conf" "$CONF"
}

wait_until() { # what is waited for, command
    local what=$1 tries
    shift
    for ((tries = 0; tries < 150; tries++)); do
        "$@" >/dev/null 2>&1 && return
        sleep 0.2
    done
    echo "Slurm does not start: $what is missing" >&2
    tail -n 5 "$HOME_OF_IT"/*.log >&2
    return 1
}

nodes_are_idle() { [[ $(sinfo -h -N -o '%t' | sort -u) == idle ]]; }

start() {
    stop
    configure
    munged --key-file="$HOME_OF_IT/munge/key" --socket="$HOME_OF_IT/munge/socket" \
        --pid-file="$HOME_OF_IT/munged.pid" --log-file="$HOME_OF_IT/munged.log" \
        --seed-file="$HOME_OF_IT/munge/seed"
    wait_until munged munge -n -S "$HOME_OF_IT/munge/socket"
    slurmctld
    wait_until slurmctld scontrol ping
    local node
    for node in "${NODES[@]}"; do boot "$node"; done
    wait_until "a node" nodes_are_idle
}

# A daemon's pid, if the process is still that daemon.
pid_of() { # name of the pid file, name of the process
    local pid
    pid=$(cat "$HOME_OF_IT/$1.pid" 2>/dev/null) || return 1
    [[ $(cat "/proc/$pid/comm" 2>/dev/null) == "$2" ]] && echo "$pid"
}

boot() { pid_of "$1" slurmd >/dev/null || slurmd -N "$1"; }

# All processes of a node die at once: its daemon, the guards of its jobs, and the jobs.
cut_power() {
    local jobs doomed
    jobs=$(squeue -h -w "$1" -t RUNNING,COMPLETING -o '%A' | paste -sd '|')
    doomed=$(
        pid_of "$1" slurmd
        grep -lzx "SLURMD_NODENAME=$1" /proc/[0-9]*/environ 2>/dev/null
        grep -laE "^slurmstepd: \\[(${jobs:-none})\\." /proc/[0-9]*/cmdline 2>/dev/null
    ) || true
    # shellcheck disable=SC2046
    kill -KILL $(grep -oE '[0-9]+' <<<"$doomed") 2>/dev/null || true
}

stop() {
    local name process pid tries
    ours || return 0
    if pid_of slurmctld slurmctld >/dev/null; then
        timeout 10 scancel --state=PENDING,RUNNING --quiet 2>/dev/null || true
        for ((tries = 0; tries < 50; tries++)); do
            [[ -n $(timeout 5 squeue -h 2>/dev/null) ]] || break
            sleep 0.2
        done
    fi
    for name in "${NODES[@]}" slurmctld munged; do
        process=slurmd
        [[ $name == n* ]] || process=$name
        pid=$(pid_of "$name" "$process") || continue
        kill "$pid"
        for ((tries = 0; tries < 50; tries++)); do
            [[ -d /proc/$pid ]] || break
            sleep 0.1
        done
        [[ ! -d /proc/$pid ]] || kill -KILL "$pid"
    done
    as_root rm -f "$CONF"
    rm -rf "$HOME_OF_IT"
}

case ${1:-} in
usable | install | start | stop | boot) "$@" ;;
cut-power) cut_power "$2" ;;
*) sed -n 2,5p "$0" && exit 2 ;;
esac

#!/bin/sh
# A Spark cluster of its own on this machine, to try `agentdiff duplicates --engine spark`: a master and two workers,
# each with its own address space, as on machines of their own.
#
#   docs/local-spark.sh start [FOLDER]    processes, logs and work of the cluster in FOLDER, by default ./local-spark
#   docs/local-spark.sh stop [FOLDER]     ends the processes that `start` started, and no others
#
# PYTHON is the Python that has agentdiff[spark], by default python3. Java 17 or later has to be there. WORKERS, CORES
# (of each worker) and MEMORY (of each worker) may be set. All listens on this machine alone, and anyone on it may use it.
set -eu

action=${1:-}
folder=${2:-./local-spark}
python=${PYTHON:-python3}
port=${PORT:-7077}

launch() { # NAME CLASS ARGUMENTS...
    name=$1
    shift
    nohup "$SPARK_HOME/bin/spark-class" "$@" >"$folder/$name.log" 2>&1 </dev/null &
    echo $! >"$folder/$name.pid"
}

wait_for() { # TEXT LOG
    for _ in $(seq 120); do
        if grep -q "$1" "$2" 2>/dev/null; then return 0; fi
        sleep 0.5
    done
    echo "$2: no '$1' after a minute; read it for the reason" >&2
    exit 1
}

case $action in
start)
    mkdir -p "$folder"
    folder=$(cd "$folder" && pwd)
    if ls "$folder"/*.pid >/dev/null 2>&1; then
        echo "$folder: a cluster was started here; stop it first" >&2
        exit 2
    fi
    SPARK_HOME=$("$python" -c 'import os, pyspark; print(os.path.dirname(pyspark.__file__))')
    PYSPARK_PYTHON=$(command -v "$python")
    export SPARK_HOME PYSPARK_PYTHON SPARK_LOCAL_IP=127.0.0.1
    launch master org.apache.spark.deploy.master.Master --host 127.0.0.1 --port "$port" --webui-port 0
    wait_for "New state: ALIVE" "$folder/master.log"
    for number in $(seq "${WORKERS:-2}"); do
        launch "worker-$number" org.apache.spark.deploy.worker.Worker --cores "${CORES:-1}" --memory "${MEMORY:-2g}" \
            --host 127.0.0.1 --webui-port 0 --work-dir "$folder/work" "spark://127.0.0.1:$port"
        wait_for "Successfully registered with master" "$folder/worker-$number.log"
    done
    mkdir -p "$folder/steps"
    echo "spark://127.0.0.1:$port is up; steps may be kept in $folder/steps"
    ;;
stop)
    for file in "$folder"/*.pid; do
        if [ -e "$file" ]; then
            kill "$(cat "$file")" 2>/dev/null || true
            rm "$file"
        fi
    done
    ;;
*)
    sed -n '2,10s/^# \{0,1\}//p' "$0"
    exit 2
    ;;
esac

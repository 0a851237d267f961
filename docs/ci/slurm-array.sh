#!/bin/sh
# sbatch slurm-array.sh: Slurm starts four tasks and gives each its number in SLURM_ARRAY_TASK_ID. The project, the plan and the
# state are in a file system that all nodes share. A task that is requeued does what it had not done. To submit one of them alone again,
# write its number: sbatch --array=3 with --shard 3/4.
#SBATCH --job-name=extracts
#SBATCH --array=1-4
#SBATCH --cpus-per-task=2
#SBATCH --mem=4G
#SBATCH --requeue
#SBATCH --signal=B:TERM@30
# Not npx, which does not hand signals on: a task that is ended would continue, or leave its locks behind.
exec node_modules/.bin/extracts apply plan.json --shard auto --drain 25s

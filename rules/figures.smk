"""
From statistics and scores to figures, each as SVG and PNG, and the numbers in it as CSV.

Needs     results/statistics/{type}_{split}/*.csv
          results/evaluation/{set}/*.csv
Makes     results/report/statistics/{type}_{split}/{figure}.{svg,png,csv}
          results/report/sets/{set}/{figure}.{svg,png,csv}
          results/report/comparisons/{task}_{split}.{svg,png,csv}, of several sets
"""

from cityscapes.figures.names import EXTRA as EXTRA_SHOWN
from cityscapes.figures.names import OF_TASK
from cityscapes.figures.names import STATISTICS as STATISTICS_SHOWN
from cityscapes.figures.names import others


rule statistics_figures:
    """Draw the statistics of a split."""
    input:
        RECORDS,
        tables=expand("results/statistics/{{type}}_{{split}}/{name}.csv", name=STATISTICS),
    output:
        others=[
            f"results/report/statistics/{{type}}_{{split}}/{f}" for f in others(STATISTICS_SHOWN)
        ],
        shown=report(
            expand(
                "results/report/statistics/{{type}}_{{split}}/{name}.svg", name=STATISTICS_SHOWN
            ),
            caption="captions/statistics_figures.rst",
            category="Statistics",
            labels={"figure": "each", "of": "{type} {split}"},
        ),
    log:
        "logs/statistics_figures/{type}_{split}.log",
    wildcard_constraints:
        type="|".join(GROUND_TRUTH_TYPES),
        split="train|val|test|train_extra|demoVideo",
    conda:
        "../envs/environment.yaml"
    params:
        script=script("draw_figures.py"),
        results=untracked(RESULTS),
        labels=untracked(settings.labels),
        classes=settings.digest_of("panoptic_trainId.json"),
        code=code("draw_figures.py"),
    shell:
        """
        python {params.script:q} \
            --what statistics \
            --folders {params.results:q}/statistics/{wildcards.type}_{wildcards.split} \
            --labels {params.labels:q} \
            --output {params.results:q}/report/statistics/{wildcards.type}_{wildcards.split} \
            --record {params.results:q} \
            2>{log:q}
        """


for what in EXTRA_SHOWN:

    rule:
        """Draw what a setting of the statistics asks for."""
        name:
            f"{what}_figures"
        input:
            RECORDS,
            tables=expand("results/statistics/gtFine_{{split}}/{name}.csv", name=EXTRA[what]),
        output:
            others=[
                f"results/report/statistics/gtFine_{{split}}/{file}" for file in others([what])
            ],
            shown=report(
                f"results/report/statistics/gtFine_{{split}}/{what}.svg",
                caption=f"captions/{what}_figures.rst",
                category="Statistics",
                labels={"figure": what, "of": "gtFine {split}"},
            ),
        log:
            f"logs/{what}_figures/{{split}}.log",
        wildcard_constraints:
            split="train|val|test|train_extra|demoVideo",
        conda:
            "../envs/environment.yaml"
        params:
            script=script("draw_figures.py"),
            what=what,
            results=untracked(RESULTS),
            labels=untracked(settings.labels),
            classes=settings.digest_of("panoptic_trainId.json"),
            code=code("draw_figures.py"),
        shell:
            """
            python {params.script:q} \
                --what {params.what} \
                --folders {params.results:q}/statistics/gtFine_{wildcards.split} \
                --labels {params.labels:q} \
                --output {params.results:q}/report/statistics/gtFine_{wildcards.split} \
                --record {params.results:q} \
                2>{log:q}
            """


for task in OF_TASK:

    rule:
        """Draw the scores of a prediction set of one task."""
        name:
            f"{task}_figures"
        input:
            RECORDS,
            tables=local(of_job(evaluation.score_tables, "set")),
            files="results/tables/evaluation/{set}.files.tsv",
        output:
            others=[f"results/report/sets/{{set}}/{file}" for file in others(OF_TASK[task])],
            shown=report(
                expand("results/report/sets/{{set}}/{name}.svg", name=OF_TASK[task]),
                caption=f"captions/{task}_figures.rst",
                category="Evaluation",
                labels={"figure": "each", "of": "{set}"},
            ),
        log:
            f"logs/{task}_figures/{{set}}.log",
        wildcard_constraints:
            set=any_of(evaluation.names_of_task(task)),
        conda:
            "../envs/environment.yaml"
        params:
            script=script("draw_figures.py"),
            results=untracked(RESULTS),
            labels=untracked(settings.labels),
            classes=settings.digest_of("panoptic_trainId.json"),
            task=task,
            code=code("draw_figures.py"),
        shell:
            """
            python {params.script:q} \
                --what {params.task} \
                --folders {params.results:q}/evaluation/{wildcards.set:q} \
                --files {input.files:q} \
                --labels {params.labels:q} \
                --output {params.results:q}/report/sets/{wildcards.set:q} \
                --record {params.results:q} \
                2>{log:q}
            """


rule comparison_figures:
    """Compare the prediction sets of a task, and say which differences are beyond chance."""
    input:
        RECORDS,
        tables=local(of_job(figures.compared_tables, "task", "split")),
    output:
        "results/report/comparisons/{task}_{split}.png",
        "results/report/comparisons/{task}_{split}.csv",
        report(
            "results/report/comparisons/{task}_{split}.svg",
            caption="captions/comparison_figures.rst",
            category="Evaluation",
            labels={"figure": "comparison of {task} sets", "of": "{split}"},
        ),
    log:
        "logs/comparison_figures/{task}_{split}.log",
    wildcard_constraints:
        task="|".join(OF_TASK),
        split="[a-z_]+",
    conda:
        "../envs/environment.yaml"
    params:
        script=script("draw_figures.py"),
        results=untracked(RESULTS),
        labels=untracked(settings.labels),
        folders=of_job(figures.compared_folders, "task", "split"),
        code=code("draw_figures.py"),
    shell:
        """
        python {params.script:q} \
            --what {wildcards.task} \
            --folders {params.folders:q} \
            --labels {params.labels:q} \
            --name {wildcards.task}_{wildcards.split} \
            --output {params.results:q}/report/comparisons \
            --record {params.results:q} \
            2>{log:q}
        """


rule figures_all:
    """Draw figures of all statistics and scores, each with its numbers."""
    input:
        with_figures,
    localrule: True

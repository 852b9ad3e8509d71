namespace DataVersion.Tests.Pipelines;

/// <summary>Pipelines that are run by the real DVC and by ours side by side. Each lies in a folder of its own.</summary>
internal static class DvcPipelines
{
    /// <summary>Files by their path; the folder is the pipeline.</summary>
    public static readonly (string Path, string Text)[] Files =
    [
        ("chain/in.txt", "d\nb\na\n"),
        ("chain/dvc.yaml", """
            stages:
              last:
                cmd: cat tree/sub/b > last.txt
                deps: [tree/sub/b]
                outs: [last.txt]
              tree:
                cmd: mkdir -p tree/sub tree/empty && sort in.txt > tree/a && cp in.txt tree/sub/b && touch tree/none && cp in.txt tree/x && chmod +x tree/x
                deps: [in.txt]
                outs: [tree]

            """),
        ("flags/in.txt", "in\n"),
        ("flags/tool.sh", "#!/bin/sh\ncp \"$1\" \"$2\"\n"),
        ("flags/dvc.yaml", """
            stages:
              flags:
                cmd: sh tool.sh in.txt kept; echo '{"a":1}' > m.json; printf 'x,y\n1,2\n' > p.csv; cp tool.sh out.sh; chmod +x out.sh; touch zero; mkdir -p nothing
                desc: |
                  several
                  lines
                deps: [tool.sh, in.txt]
                outs:
                - zero
                - nothing
                - out.sh:
                    desc: a tool
                    type: script
                    labels: [a, b]
                    meta: {k: v}
                - kept:
                    persist: true
                metrics:
                - m.json:
                    cache: false
                plots:
                - p.csv:
                    cache: false
                    x: x
              tool:
                cmd: ./out.sh in.txt used.txt
                deps: [out.sh, in.txt]
                outs: [used.txt]
              saved:
                cmd: cp in.txt saved.txt; echo '{"b":2}' > n.json
                deps: [in.txt]
                outs: [saved.txt]
                metrics: [n.json: {cache: false}]
              loose:
                cmd: cp in.txt loose.txt
                deps: [in.txt]
                outs: [loose.txt: {cache: false}]
              only-reads:
                cmd: grep -q . in.txt
                deps: [in.txt]
              only-makes:
                cmd: echo made > made.txt
                outs: [made.txt]
              always:
                cmd: cp in.txt always.txt
                deps: [in.txt]
                outs: [always.txt]
                always_changed: true

            """),
        ("params/params.yaml", "lr: 1e-3\nbig: 123456789012345678901\nname: 'yes'\non: on\nnull_: ~\nlist: [1, 2.50, {a: b}]\nmap: &m\n  k: [x, y]\nagain: *m\ntext: \"ä\\nb: # c\"\nsize: 3\ninf: -.inf\nlong: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb cccccccccccccccccc\n"),
        ("params/p.toml", "x = 1\ny = 2.0\n[s]\nz = [1, 2]\n"),
        ("params/p.json", "{\"a\": {\"b\": 1.0, \"size\": 5}, \"u\": \"\\u00fc\"}"),
        ("params/p.py", "A = 1\nB: float = 2.5\nclass T:\n    lr = 0.5\n    names = ('a', 'b')\n"),
        ("params/dvc.yaml", """
            stages:
              p:
                cmd: echo p > p.txt
                params:
                - lr
                - big
                - name
                - on
                - null_
                - list
                - list.2.a
                - map
                - again
                - map.k
                - text
                - size
                - inf
                - long
                - p.toml: [s.z, x, y]
                - p.py: [T.lr, T.names, A]
                - p.json:
                outs: [p.txt]

            """),
        ("template/params.yaml", "model:\n  name: net\n  layers: [1, 2]\n  opt: {lr: 0.1, verbose: true, tag: a b}\nlangs: [de, fr]\n"),
        ("template/more.yaml", "extra:\n  k: v\n"),
        ("template/dvc.yaml", """
            vars:
            - more.yaml
            - local: {n: 7}
            stages:
              each:
                foreach: ${langs}
                do:
                  cmd: echo ${item} ${local.n} > ${item}.txt
                  outs:
                  - ${item}.txt
              keyed:
                foreach:
                  one: {v: 1}
                  two: {v: 2}
                do:
                  cmd: echo ${key} ${item.v} ${extra.k} > ${key}.out
                  outs:
                  - ${key}.out
              grid:
                matrix:
                  a: [x, y]
                  b: [{n: 1}, {n: 2}]
                cmd: echo ${item.a} ${item.b.n} > ${key}.g
                outs:
                - ${key}.g
              unpack:
                cmd: echo ${model.name} ${model.opt} > u.txt
                params: [model]
                outs: [u.txt]

            """),
        ("folders/a/work/keep", ""),
        ("folders/in.txt", "in\n"),
        ("folders/a/dvc.yaml", """
            stages:
              make:
                wdir: work
                cmd: cp ../../in.txt made.txt
                deps: [../../in.txt]
                outs: [made.txt]

            """),
        ("folders/dvc.yaml", """
            stages:
              take:
                cmd: echo "$DVC_STAGE" > name.txt; cp a/work/made.txt taken.txt
                deps: [./a/work]
                outs: [./taken.txt, name.txt]

            """),
        ("commands/in.txt", "in\n"),
        ("commands/dvc.yaml", """
            stages:
              list:
                cmd:
                - echo one > one.txt
                - |
                  for i in 1 2; do
                    echo $i >> two.txt
                  done
                - "echo 'quoted: # \"x\"' > three.txt"
                deps: [in.txt]
                outs: [two.txt, one.txt, three.txt]
              lines:
                cmd: |
                  echo a > l.txt
                  echo b >> l.txt
                deps: [in.txt]
                outs: [l.txt]
              long-with-a-name-of-many-words:
                cmd: echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb cccccccccccccccccccccccccc ddddd > 'ä ö.txt'
                deps: [in.txt]
                outs: [ä ö.txt]

            """),
        ("frozen/in.txt", "in\n"),
        ("frozen/out.txt", "by hand\n"),
        ("frozen/dvc.yaml", """
            stages:
              cold:
                cmd: cp in.txt out.txt
                deps: [in.txt]
                outs: [out.txt]
                frozen: true
              after:
                cmd: wc -c < out.txt > n.txt
                deps: [out.txt]
                outs: [n.txt]

            """),
        ("older/in.txt", "in\r\n"),
        ("older/dvc.yaml", """
            stages:
              text:
                cmd: cp in.txt out.txt
                deps: [in.txt]
                outs: [out.txt]
              next:
                cmd: cp out.txt next.txt
                deps: [out.txt]
                outs: [next.txt]

            """),
        // Of DVC 2: the hashes are those of the text without carriage returns, and so are the names in the cache.
        (".dvc/cache/ba/8d2b9408ed255ee92a112fe7ba59be", "in\r\n"),
        ("older/dvc.lock", """
            schema: '2.0'
            stages:
              text:
                cmd: cp in.txt out.txt
                deps:
                - path: in.txt
                  md5: ba8d2b9408ed255ee92a112fe7ba59be
                  size: 4
                outs:
                - path: out.txt
                  md5: ba8d2b9408ed255ee92a112fe7ba59be
                  size: 4

            """),
        ("locked/in.txt", "in\n"),
        ("locked/dvc.yaml", """
            stages:
              a:
                cmd: cp in.txt a.txt
                deps: [in.txt]
                outs: [a.txt]
              b:
                cmd: cp a.txt b.txt
                deps: [a.txt]
                outs: [b.txt]

            """),
        ("locked/dvc.lock", """
            # of DVC 2, with comments
            schema: '2.0'
            datasets:
            - name: d
              type: url
              url: https://example.invalid/d
            stages:
              # gone from dvc.yaml
              old:
                cmd: echo old
              b:
                cmd: cp a.txt b.txt
                deps:
                - path: a.txt
                  md5: 13b382e1b2ffb2d5d3d1f4c2b8b3f5b1
                  size: 4
                outs:
                - path: b.txt
                  md5: 13b382e1b2ffb2d5d3d1f4c2b8b3f5b1
                  size: 4

            """),
    ];

    /// <summary>What is changed after the first run.</summary>
    public static readonly (string Path, string Text)[] Changes =
    [
        ("chain/in.txt", "d\nb\na\nc\n"),
        ("flags/in.txt", "other\n"),
        ("params/params.yaml", Files.First(file => file.Path == "params/params.yaml").Text.Replace("lr: 1e-3", "lr: 0.01")),
        ("template/params.yaml", "model:\n  name: net\n  layers: [1, 2]\n  opt: {lr: 0.2, verbose: false, tag: c}\nlangs: [de, it]\n"),
        ("folders/in.txt", "changed\n"),
        ("commands/in.txt", "changed\n"),
        ("frozen/in.txt", "changed\n"),
        ("older/in.txt", "changed\r\n"),
        ("locked/in.txt", "changed\n"),
    ];
}

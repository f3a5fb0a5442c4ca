# language: ja
機能: レセコンの取り込み | What the receipt computer makes of a result

  背景:
    前提 日時は2026年4月1日9時30分である

  @id:two-readers
  シナリオ: 続けて受付した二人の結果が入れ替わらない | Two patients, two results, no mix-up
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 「仮名太郎」が「見本診療所」で顔認証により受付する
    かつ 「架空花子」のカルテを開いたまま「見本診療所」のレセコンが結果を取り込む
    ならば レセコンは「架空花子」の結果で「架空花子」のカルテを開く [OQS-MSG-19, OQS-PRIV-09]
    かつ レセコンは「仮名太郎」の結果で「仮名太郎」のカルテを開く [OQS-MSG-19, OQS-PRIV-09]

  @id:waiting-for-another
  シナリオ: 待っている患者の結果とは限らない | The newest result need not be the waiting patient's
    もし 「仮名太郎」が「見本診療所」で顔認証により受付する
    かつ 「架空花子」のカルテを開いたまま「見本診療所」のレセコンが結果を取り込む
    ならば レセコンは「仮名太郎」の結果で「仮名太郎」のカルテを開く [OQS-MSG-19, OQS-PRIV-09]

  @id:no-chart @twin:inbox/chart
  シナリオ: カルテのない患者 | A patient without a chart
    前提 「見本診療所」に「架空花子」のカルテはない
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 「見本診療所」のレセコンが結果を取り込む
    ならば レセコンは「架空花子」の結果についてカルテを見つけない [OQS-MSG-19]

  @id:chart
  シナリオ: カルテのある患者 | A patient with a chart
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 「見本診療所」のレセコンが結果を取り込む
    ならば レセコンは「架空花子」の結果で「架空花子」のカルテを開く [OQS-MSG-19, OQS-QUAL-27]

  @id:name-differs @twin:inbox/chart
  シナリオ: カルテの氏名が違えば職員に確かめる | Another name on the chart: ask staff
    前提 「見本診療所」の「架空花子」のカルテの氏名は『架空　花恵』である
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 「見本診療所」のレセコンが結果を取り込む
    ならば レセコンは「架空花子」の結果について職員に確認を求める [OQS-QUAL-27]

  @id:twins
  シナリオ: 双子の結果は枝番で見分ける | Twins are told apart by the branch
    もし 「双子葵」が「見本診療所」で顔認証により受付する
    かつ 「双子茜」が「見本診療所」で顔認証により受付する
    かつ 「見本診療所」のレセコンが結果を取り込む
    ならば レセコンは「双子葵」の結果で「双子葵」のカルテを開く [OQS-QUAL-24, OQS-PRIV-09]
    かつ レセコンは「双子茜」の結果で「双子茜」のカルテを開く [OQS-QUAL-24, OQS-PRIV-09]

  @id:by-reference-number
  シナリオ: 診察券がなくても、照会番号の付いた結果でカルテを開く | With its own number in the result the institution needs no patient card
    もし 「見本診療所」が「架空花子」に照会番号『P-0001』を登録する
    かつ 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 回答の照会番号は『P-0001』である [OQS-CARD-13]
    もし 「見本診療所」のレセコンが結果を取り込む
    ならば レセコンは「架空花子」の結果で「架空花子」のカルテを開く [OQS-CARD-13]

  @id:half-a-file
  シナリオ: 書きかけの結果は取り込まず、書き終わってから取り込む | A result that is still being written is taken in once it is whole
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ レセコンが見たとき、「見本診療所」の最後の結果ファイルはまだ書きかけである
    かつ 「見本診療所」のレセコンが結果を取り込む
    ならば レセコンは「架空花子」の結果で「架空花子」のカルテを開く [OQS-MSG-13]

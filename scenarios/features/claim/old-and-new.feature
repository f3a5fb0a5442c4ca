# language: ja
機能: 請求 ― 従来の流れと新しい流れ | Claims, the old flow and the new
  従来の流れ（患者が保険証を見せ、職員が番号を打ち込み、請求する）には二つの欠点がある。喪失や名義人の違いが見えないことと、打ち間違いが返戻になって初めて分かること。
  従来の保険証は2025年12月までに使えなくなったが、比べるために、新しい流れと同じ日に置く。

  背景:
    前提 日時は2026年4月1日9時30分である

  @id:old-flow
  シナリオ: 従来の流れでも、正しければ受理される | The old flow at its best
    もし 「見本診療所」が「架空花子」の2026年4月1日の診療を見せられた保険証の番号で請求する
    ならば 請求は受理される [OQS-OPS-03]

  @id:old-flow-lapsed @twin:claim/old-flow
  シナリオ: 従来の流れでは喪失が見えず、返戻になって分かる | The old flow cannot see a lapse
    もし 「見本診療所」が「喪失三郎」の2026年4月1日の診療を見せられた保険証の番号で請求する
    ならば 請求は資格なしとして返戻される [OQS-OPS-03]

  @id:new-flow-lapsed @twin:qualification/living
  シナリオ: 新しい流れでは喪失が窓口で分かる | The new flow sees the lapse at the counter
    もし 「喪失三郎」が「見本診療所」で顔認証により受付する
    ならば 資格は無効と回答される [OQS-CLM-05, OQS-QUAL-29]
    もし 「見本診療所」が「喪失三郎」の2026年4月1日の診療を確認済みの資格で請求する
    ならば 確認済みの資格がないため請求できない [OQS-CLM-05]

  @id:old-flow-mistyped @twin:claim/old-flow
  シナリオ: 従来の流れでは打ち間違いも返戻になって分かる | A typing error comes back as a returned claim
    もし 「見本診療所」が「架空花子」の2026年4月1日の診療を番号『0001243』と打ち間違えて請求する
    ならば 請求は該当者なしとして返戻される [OQS-OPS-03]

  @id:new-flow-not-typed
  シナリオ: 新しい流れでは番号を打ち込まない | In the new flow nothing is typed again
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 「見本診療所」のレセコンが結果を取り込む
    かつ 「見本診療所」が「架空花子」の2026年4月1日の診療を確認済みの資格で請求する
    ならば 請求は受理される [OQS-CLM-01, OQS-CLM-13]

  @id:old-flow-wrong-holder
  シナリオ: 従来の流れでは名義人の違いが見えない | The old flow cannot see who holds the card
    もし 「見本診療所」が「仮名太郎」の2026年4月1日の診療を「架空花子」の保険証の番号で請求する
    ならば 請求は受理される [OQS-OPS-03]

  @id:new-flow-wrong-holder @twin:qualification/living
  シナリオ: 新しい流れでは他人のカードは使えない | The new flow stops another's card
    もし 「仮名太郎」が「架空花子」のカードを使って「見本診療所」で顔認証により受付する
    ならば 受付は顔の不一致で終わる [OQS-QUAL-29, OQS-QUAL-03]
    もし 「見本診療所」が「仮名太郎」の2026年4月1日の診療を確認済みの資格で請求する
    ならば 確認済みの資格がないため請求できない [OQS-QUAL-29]

  @id:confirmed-then-backdated
  シナリオ: 受診日に確認した資格での請求は、あとからの喪失で返戻されない | A confirmed claim is not returned for a later, backdated loss
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 「見本診療所」のレセコンが結果を取り込む
    かつ 保険者が「架空花子」の資格喪失を2026年3月1日付けで届け出る
    かつ 「見本診療所」が「架空花子」の2026年4月1日の診療を確認済みの資格で請求する
    ならば 請求は受理される [OQS-CLM-03]

  @id:typed-then-backdated @twin:claim/confirmed-then-backdated
  シナリオ: 打ち込んだ番号での請求は、あとからの喪失で返戻される | A typed claim is returned for it
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 「見本診療所」のレセコンが結果を取り込む
    かつ 保険者が「架空花子」の資格喪失を2026年3月1日付けで届け出る
    かつ 「見本診療所」が「架空花子」の2026年4月1日の診療を見せられた保険証の番号で請求する
    ならば 請求は資格なしとして返戻される [OQS-OPS-03]

  @id:typo-reported
  シナリオ: 確認済みの資格があれば、打ち間違いは請求の前に知らされる | With a confirmed qualification a typing error is reported before the claim
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 「見本診療所」のレセコンが結果を取り込む
    かつ 「見本診療所」が「架空花子」の2026年4月1日の診療を番号『0001243』と打ち間違えて請求する
    ならば 打ち込んだ番号の違いが請求の前に知らされる [OQS-CLM-04]
    かつ 請求は該当者なしとして返戻される [OQS-OPS-03]

  @id:no-typo-reported @twin:claim/typo-reported
  シナリオ: 正しく打ち込めば何も知らされない | What is typed right is not reported
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 「見本診療所」のレセコンが結果を取り込む
    かつ 「見本診療所」が「架空花子」の2026年4月1日の診療を見せられた保険証の番号で請求する
    ならば 打ち込んだ番号に違いは知らされない [OQS-CLM-04]
    かつ 請求は受理される [OQS-OPS-03]

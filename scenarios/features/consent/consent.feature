# language: ja
機能: 同意 | Consent

  背景:
    前提 日時は2026年4月1日9時30分である

  @id:refused @twin:consent/given
  シナリオ: すべての同意を断っても資格は回答される | All consents refused, and still the qualification
    前提 「架空花子」はどの情報の提供にも同意しない
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 資格は有効と回答される [OQS-CONS-06]
    かつ 同意は一つもない [OQS-CONS-06]
    かつ 限度額区分は回答されない [OQS-LIM-03]
    もし 「見本診療所」が「架空花子」の薬剤情報を求める
    ならば 薬剤情報は提供されない [OQS-CONS-01, OQS-PRIV-10]

  @id:given
  シナリオ: 同意があれば薬剤情報と限度額が提供される | With consent the drug history and the limit are given
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 限度額区分『A03』が回答される [OQS-LIM-01]
    もし 「見本診療所」が「架空花子」の薬剤情報を求める
    ならば 薬剤情報『架空薬カナリア錠10mg』が提供される [OQS-CONS-01]

  @id:drugs-only @twin:consent/limit-only
  シナリオ: 同意は情報の種類ごとに独立である | Each kind of consent stands apart
    前提 「架空花子」は薬剤情報だけに同意する
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 同意があるのは薬剤情報だけである [OQS-CONS-02, OQS-CONS-13]
    かつ 限度額区分は回答されない [OQS-CONS-13, OQS-LIM-03]

  @id:limit-only
  シナリオ: 限度額だけの同意では薬剤情報は出ず、同意を変えるには受付し直す | Consent to the limit opens no drug history; to change it the card is checked anew
    前提 「架空花子」は限度額情報だけに同意する
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 限度額区分『A03』が回答される [OQS-CONS-13]
    もし 「見本診療所」が「架空花子」の薬剤情報を求める
    ならば 薬剤情報は提供されない [OQS-CONS-02, OQS-CONS-13]
    # 同意を変えて、もう一度カードで受付する
    前提 「架空花子」は薬剤情報だけに同意する
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 同意があるのは薬剤情報だけである [OQS-CONS-05]
    もし 「見本診療所」が「架空花子」の薬剤情報を求める
    ならば 薬剤情報『架空薬カナリア錠10mg』が提供される [OQS-CONS-05]

  @id:within-24-hours
  シナリオ: 同意は二十四時間有効 | Consent lives for 24 hours
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 24時間が過ぎる
    かつ 「見本診療所」が「架空花子」の薬剤情報を求める
    ならば 薬剤情報『架空薬カナリア錠10mg』が提供される [OQS-CONS-03]

  @id:after-24-hours @twin:consent/within-24-hours
  シナリオ: 二十四時間を一秒過ぎた同意 | One second past 24 hours
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 24時間が過ぎる
    かつ 1秒が過ぎる
    かつ 「見本診療所」が「架空花子」の薬剤情報を求める
    ならば 薬剤情報は提供されない [OQS-CONS-03]

  @id:drugs-after-visit
  シナリオ: カードで受け付けて同意すれば薬剤情報が提供される | After a visit by card with consent the drugs are given
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 「見本診療所」が「架空花子」の薬剤情報を求める
    ならば 薬剤情報『架空薬カナリア錠10mg』が提供される [OQS-QUAL-32, OQS-CONS-01]

  @id:another-institution @twin:consent/given
  シナリオ: 同意は、同意した医療機関でだけ有効 | Consent counts where it was given
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 「架空病院」が「架空花子」の薬剤情報を求める
    ならば 薬剤情報は提供されない [OQS-CONS-09]

  @id:new-visit-new-consent @twin:consent/within-24-hours
  シナリオ: 次の受診では同意し直す | The next visit needs a new consent
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 日時が2026年4月8日9時30分になる
    かつ 「見本診療所」が「架空花子」の薬剤情報を求める
    ならば 薬剤情報は提供されない [OQS-CONS-04]
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 「見本診療所」が「架空花子」の薬剤情報を求める
    ならば 薬剤情報『架空薬カナリア錠10mg』が提供される [OQS-CONS-04]

  @id:institution-switches
  シナリオ: 医療機関が求めない種類は尋ねられない | Kinds the institution switched off are not asked
    もし 「架空花子」が「架空病院」で顔認証により受付する
    ならば 患者に尋ねられるのは限度額情報と特定疾病情報と健診情報と薬剤情報だけである [OQS-CONS-07]

  @id:electronic-prescription
  シナリオ: 電子処方箋を選ぶ | An electronic prescription is chosen
    前提 「架空花子」は電子処方箋を選ぶ
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 回答の処方箋は電子である [OQS-RX-01]

  @id:paper-prescription @twin:consent/electronic-prescription
  シナリオ: 紙の処方箋を選ぶ | A paper prescription is chosen
    前提 「架空花子」は紙の処方箋を選ぶ
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 回答の処方箋は紙である [OQS-RX-01]

  @id:limit-before-it-begins @twin:consent/limit-in-force
  シナリオ: 限度額区分の期間の前 | Before the limit begins
    前提 保険者が「仮名太郎」の限度額区分『A02』を2026年5月1日から2026年12月31日まで届け出る
    かつ 日時は2026年4月30日9時30分である
    もし 「仮名太郎」が「見本診療所」で顔認証により受付する
    ならば 限度額区分は回答されない [OQS-LIM-06]

  @id:limit-in-force
  シナリオ: 限度額区分の期間の初日 | On the first day of the limit
    前提 保険者が「仮名太郎」の限度額区分『A02』を2026年5月1日から2026年12月31日まで届け出る
    かつ 日時は2026年5月1日9時30分である
    もし 「仮名太郎」が「見本診療所」で顔認証により受付する
    ならば 限度額区分『A02』が回答される [OQS-LIM-06]

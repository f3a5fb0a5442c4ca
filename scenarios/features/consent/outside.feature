# language: ja
機能: 訪問診療とオンライン診療 | Care at home and online

  背景:
    前提 日時は2026年4月1日9時30分である

  @id:at-home-by-pin
  シナリオ: 訪問診療は暗証番号で受けられる | At home by PIN
    もし 「架空花子」が自宅で「見本診療所」の訪問診療を暗証番号『1234』により受ける
    ならば 受付は完了で終わる [OQS-VISIT-01]

  @id:at-home-by-face @twin:consent/at-home-by-pin
  シナリオ: 訪問診療で顔認証は選べない | No face at home
    もし 「架空花子」が自宅で「見本診療所」の訪問診療を顔認証により受ける
    ならば 受付は選べない方法で終わる [OQS-VISIT-01]
    かつ 資格確認機関には何も照会されない [OQS-VISIT-01]

  @id:at-home-by-sight
  シナリオ: 訪問診療は目視でも受けられる | At home by the eyes of staff
    もし 「架空花子」が自宅で「見本診療所」の訪問診療を職員の目視により受ける
    ならば 受付は完了で終わる [OQS-VISIT-01]

  @id:online-by-pin
  シナリオ: オンライン診療は暗証番号で受けられる | Online by PIN
    もし 「架空花子」が「見本診療所」のオンライン診療を暗証番号『1234』により受ける
    ならば 受付は完了で終わる [OQS-VISIT-01]

  @id:online-by-sight @twin:consent/online-by-pin
  シナリオ: オンライン診療で目視は選べない | No visual check online
    もし 「架空花子」が「見本診療所」のオンライン診療を職員の目視により受ける
    ならば 受付は選べない方法で終わる [OQS-VISIT-01]
    かつ 資格確認機関には何も照会されない [OQS-VISIT-01]

  @id:home-visit-after-a-month
  シナリオ: 訪問診療が続く間は、はじめの同意で薬剤情報が提供される | While home visits go on the first consent opens the drug history
    もし 「架空花子」が自宅で「見本診療所」の訪問診療を暗証番号『1234』により受ける
    かつ 日時が2026年4月30日18時00分になる
    かつ 「見本診療所」が訪問診療のため「架空花子」の薬剤情報を求める
    ならば 薬剤情報『架空薬カナリア錠10mg』が提供される [OQS-VISIT-03]

  @id:home-visit-same-day
  シナリオ: 訪問診療での同意により、その日の薬剤情報が提供される | The consent of a home visit opens the drug history on the same day
    もし 「架空花子」が自宅で「見本診療所」の訪問診療を暗証番号『1234』により受ける
    かつ 「見本診療所」が訪問診療のため「架空花子」の薬剤情報を求める
    ならば 薬剤情報『架空薬カナリア錠10mg』が提供される [OQS-VISIT-03]

  @id:home-visit-consent-at-the-counter @twin:consent/home-visit-same-day
  シナリオ: 窓口での同意は訪問診療に及ばない | A consent at the counter opens nothing for a home visit
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 「見本診療所」が訪問診療のため「架空花子」の薬剤情報を求める
    ならば 薬剤情報は提供されない [OQS-VISIT-03, OQS-PRIV-10]

  @id:home-visit-elsewhere @twin:consent/home-visit-same-day
  シナリオ: 訪問診療の同意は他の医療機関に及ばない | Consent to one institution's home visits opens nothing to another
    もし 「架空花子」が自宅で「見本診療所」の訪問診療を暗証番号『1234』により受ける
    かつ 「架空病院」が訪問診療のため「架空花子」の薬剤情報を求める
    ならば 薬剤情報は提供されない [OQS-VISIT-03, OQS-CONS-09]

  @id:home-visit-long-over @twin:consent/home-visit-after-a-month
  シナリオ: 訪問診療が絶えて六か月を過ぎると同意は及ばない | Six months after the last home visit the consent is over
    もし 「架空花子」が自宅で「見本診療所」の訪問診療を暗証番号『1234』により受ける
    かつ 日時が2026年10月2日0時00分になる
    かつ 「見本診療所」が訪問診療のため「架空花子」の薬剤情報を求める
    ならば 薬剤情報は提供されない [OQS-VISIT-03]

  @id:online-after-a-month
  シナリオ: オンライン診療が続く間は、はじめの同意で薬剤情報が提供される | While online care goes on the first consent opens the drug history
    もし 「架空花子」が「見本診療所」のオンライン診療を暗証番号『1234』により受ける
    かつ 日時が2026年4月30日18時00分になる
    かつ 「見本診療所」がオンライン診療のため「架空花子」の薬剤情報を求める
    ならば 薬剤情報『架空薬カナリア錠10mg』が提供される [OQS-VISIT-03]

  @id:online-same-day
  シナリオ: オンライン診療での同意により、その日の薬剤情報が提供される | The consent of online care opens the drug history on the same day
    もし 「架空花子」が「見本診療所」のオンライン診療を暗証番号『1234』により受ける
    かつ 「見本診療所」がオンライン診療のため「架空花子」の薬剤情報を求める
    ならば 薬剤情報『架空薬カナリア錠10mg』が提供される [OQS-VISIT-03]

  @id:online-is-no-home-visit @twin:consent/online-same-day
  シナリオ: 訪問診療の同意はオンライン診療に及ばない | Consent to home visits opens nothing for online care
    もし 「架空花子」が自宅で「見本診療所」の訪問診療を暗証番号『1234』により受ける
    かつ 「見本診療所」がオンライン診療のため「架空花子」の薬剤情報を求める
    ならば 薬剤情報は提供されない [OQS-VISIT-03]

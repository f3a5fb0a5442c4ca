# language: ja
機能: 災害時の機能 | Disaster mode

  背景:
    前提 日時は2026年4月1日9時30分である

  @id:without-consent
  シナリオ: 災害時には、リーダーでの同意なしに薬剤情報が提供される | In a disaster the drug history is given without a consent at the reader
    もし 都道府県『13』に2026年4月1日から2026年4月10日まで災害時の機能が開かれる
    かつ 「見本診療所」が「架空花子」の薬剤情報を求める
    ならば 薬剤情報『架空薬カナリア錠10mg』が提供される [OQS-DIS-01, OQS-DIS-03]

  @id:health-checks-without-consent
  シナリオ: 災害時には、リーダーでの同意なしに健診情報が提供される | In a disaster health checks are given without a consent at the reader
    もし 都道府県『13』に2026年4月1日から2026年4月10日まで災害時の機能が開かれる
    かつ 「見本診療所」が「架空花子」の健診情報を求める
    ならば 健診情報『架空検査オーロラ』が提供される [OQS-DIS-03]

  @id:outside-the-area @twin:disaster/without-consent
  シナリオ: 区域の外の医療機関には提供されない | Outside the area nothing is given
    もし 都道府県『14』に2026年4月1日から2026年4月10日まで災害時の機能が開かれる
    かつ 「見本診療所」が「架空花子」の薬剤情報を求める
    ならば 薬剤情報は提供されない [OQS-DIS-01, OQS-PRIV-10]

  @id:before-the-period @twin:disaster/without-consent
  シナリオ: 期間が始まるまでは提供されない | Before the period nothing is given
    もし 都道府県『13』に2026年4月2日から2026年4月10日まで災害時の機能が開かれる
    かつ 「見本診療所」が「架空花子」の薬剤情報を求める
    ならば 薬剤情報は提供されない [OQS-DIS-01, OQS-PRIV-10]

  @id:last-day
  シナリオ: 期間の最後の日の終わりまで提供される | Given until the end of the last day
    もし 都道府県『13』に2026年4月1日から2026年4月10日まで災害時の機能が開かれる
    かつ 日時が2026年4月10日23時59分になる
    かつ 「見本診療所」が「架空花子」の薬剤情報を求める
    ならば 薬剤情報『架空薬カナリア錠10mg』が提供される [OQS-DIS-04]

  @id:after-the-period @twin:disaster/last-day
  シナリオ: 期間が過ぎると機能は閉じ、同意が要る | After the period the mode is closed and consent is needed
    もし 都道府県『13』に2026年4月1日から2026年4月10日まで災害時の機能が開かれる
    かつ 日時が2026年4月11日0時00分になる
    かつ 「見本診療所」が「架空花子」の薬剤情報を求める
    ならば 薬剤情報は提供されない [OQS-DIS-04, OQS-PRIV-10]

  @id:not-yet-closed
  シナリオ: 縮められる前の期間なら、まだ開いている | Still open where the period was not cut short
    もし 都道府県『13』に2026年4月1日から2026年4月10日まで災害時の機能が開かれる
    かつ 日時が2026年4月6日9時00分になる
    かつ 「見本診療所」が「架空花子」の薬剤情報を求める
    ならば 薬剤情報『架空薬カナリア錠10mg』が提供される [OQS-DIS-04]

  @id:closed-early @twin:disaster/not-yet-closed
  シナリオ: 期間が縮められると、その日の翌日には閉じている | A period that is cut short ends earlier
    もし 都道府県『13』に2026年4月1日から2026年4月10日まで災害時の機能が開かれる
    かつ 都道府県『13』に2026年4月1日から2026年4月5日まで災害時の機能が開かれる
    かつ 日時が2026年4月6日9時00分になる
    かつ 「見本診療所」が「架空花子」の薬剤情報を求める
    ならば 薬剤情報は提供されない [OQS-DIS-04]

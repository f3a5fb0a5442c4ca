# language: ja
機能: 電子証明書の有効期間 | The certificate's period
  「見本一郎」の証明書は2026年4月10日（発行後五回目の誕生日）に満了する。

  @id:before-notice
  シナリオ: 満了の三か月前の前日には案内がない | Three months and a day before the end there is no notice
    前提 日時は2026年1月9日9時30分である
    もし 「見本一郎」が「見本診療所」で顔認証により受付する
    ならば 受付は完了で終わる [OQS-CERT-12]
    かつ 案内は表示されない [OQS-CERT-12]

  @id:first-notice @twin:certificate/before-notice
  シナリオ: 満了の三か月前から更新の案内がある | From three months before the end a notice is shown
    前提 日時は2026年1月10日9時30分である
    もし 「見本一郎」が「見本診療所」で顔認証により受付する
    ならば 更新時期の案内が表示される [OQS-CERT-12, OQS-QUAL-33]
    かつ 資格は有効と回答される [OQS-CERT-12, OQS-QUAL-33]

  @id:last-day
  シナリオ: 満了の日の終わりまで有効 | Valid to the end of the last day
    前提 日時は2026年4月10日23時59分である
    もし 「見本一郎」が「見本診療所」で顔認証により受付する
    ならば 更新時期の案内が表示される [OQS-CERT-11]
    かつ 患者に尋ねられるのは限度額情報と特定疾病情報と健診情報と薬剤情報と診療情報と手術情報だけである [OQS-CERT-11]

  @id:in-grace @twin:certificate/last-day
  シナリオ: 満了の翌日からは猶予期間で、資格だけが確かめられる | In grace there is eligibility and no medical information
    前提 日時は2026年4月11日0時0分である
    もし 「見本一郎」が「見本診療所」で顔認証により受付する
    ならば 猶予期間の案内が表示される [OQS-CERT-13]
    かつ 資格は有効と回答される [OQS-CERT-13]
    かつ 患者に尋ねられるのは限度額情報と特定疾病情報だけである [OQS-CERT-14]
    もし 「見本診療所」が「見本一郎」の薬剤情報を求める
    ならば 薬剤情報は提供されない [OQS-CERT-14]

  @id:grace-last-day
  シナリオ: 猶予期間の最後の日までは資格を確かめられる | The last day of grace
    前提 日時は2026年7月31日23時59分である
    もし 「見本一郎」が「見本診療所」で顔認証により受付する
    ならば 資格は有効と回答される [OQS-CERT-13]

  @id:day-after-grace @twin:certificate/grace-last-day
  シナリオ: 猶予期間の翌日からは使えない | The day after grace
    前提 日時は2026年8月1日0時0分である
    もし 「見本一郎」が「見本診療所」で顔認証により受付する
    ならば 受付は証明書の拒否で終わる [OQS-CERT-13, OQS-CERT-15]
    かつ 結果ファイルは0件できる [OQS-CERT-15]

  @id:revoked-in-grace @twin:certificate/in-grace
  シナリオ: 猶予期間でも失効した証明書は使えない | Grace never heals a revocation
    前提 日時は2026年4月11日0時0分である
    かつ 「見本一郎」の利用者証明用電子証明書が失効する
    もし 「見本一郎」が「見本診療所」で顔認証により受付する
    ならば 受付は証明書の拒否で終わる [OQS-CERT-16]

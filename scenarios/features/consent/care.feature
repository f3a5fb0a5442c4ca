# language: ja
機能: 診療情報と文書 | Care information and documents

  背景:
    前提 日時は2023年5月1日0時0分である

  @id:care-since-may-2023
  シナリオ: 手術を含む診療の情報は、二〇二三年五月から医療機関に示される | From May 2023 institutions see care, operations included
    もし 「閏うるう」が「見本診療所」で顔認証により受付する
    かつ 「見本診療所」が「閏うるう」の診療情報を求める
    ならば 診療情報として『見本カナリア再診、見本カナリア処置』が提供される [OQS-INFO-02]

  @id:care-before-may-2023 @twin:consent/care-since-may-2023
  シナリオ: その前には示されない | Before that they do not
    前提 日時は2023年4月30日23時50分である
    もし 「閏うるう」が「見本診療所」で顔認証により受付する
    かつ 「見本診療所」が「閏うるう」の診療情報を求める
    ならば 診療情報は提供されない [OQS-INFO-02]

  @id:care-without-consent @twin:consent/care-since-may-2023
  シナリオ: 同意がなければ診療の情報は示されない | Without consent no care is shown
    前提 「閏うるう」は薬剤情報だけに同意する
    もし 「閏うるう」が「見本診療所」で顔認証により受付する
    かつ 「見本診療所」が「閏うるう」の診療情報を求める
    ならば 診療情報は提供されない [OQS-INFO-02, OQS-PRIV-10]

  @id:care-without-operations @twin:consent/care-since-may-2023
  シナリオ: 診療情報だけの同意では手術は示されない | Consent to care alone shows no operation
    前提 「閏うるう」は診療情報だけに同意する
    もし 「閏うるう」が「見本診療所」で顔認証により受付する
    かつ 「見本診療所」が「閏うるう」の診療情報を求める
    ならば 診療情報として『見本カナリア再診』が提供される [OQS-INFO-02, OQS-CONS-02]

# language: ja
機能: 健診情報 | Health checks

  背景:
    前提 日時は2026年4月1日9時30分である

  @id:health-checks-given
  シナリオ: 同意があれば健診情報が提供される | With consent the health checks are given
    前提 「架空花子」は健診情報だけに同意する
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 「見本診療所」が「架空花子」の健診情報を求める
    ならば 健診情報『架空検査オーロラ』が提供される [OQS-CONS-01]

  @id:health-checks-without-consent @twin:consent/health-checks-given
  シナリオ: 薬剤情報だけの同意では健診情報は提供されない | Consent to drugs opens no health checks
    前提 「架空花子」は薬剤情報だけに同意する
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 「見本診療所」が「架空花子」の健診情報を求める
    ならば 健診情報の提供は拒まれる [OQS-CONS-01, OQS-CONS-02]

  @id:health-checks-only @twin:consent/health-checks-given
  シナリオ: 健診情報だけの同意では薬剤情報は提供されない | Consent to health checks opens no drug history
    前提 「架空花子」は健診情報だけに同意する
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 「見本診療所」が「架空花子」の薬剤情報を求める
    ならば 薬剤情報は提供されない [OQS-CONS-02]

  @id:health-checks-elsewhere @twin:consent/health-checks-given
  シナリオ: 同意していない医療機関には健診情報は提供されない | Health checks are given where consent was given
    前提 「架空花子」は健診情報だけに同意する
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 「架空病院」が「架空花子」の健診情報を求める
    ならば 健診情報の提供は拒まれる [OQS-CONS-09]

  @id:health-checks-within-24-hours
  シナリオ: 健診情報の同意は二十四時間有効 | Consent to health checks lives for 24 hours
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 24時間が過ぎる
    かつ 「見本診療所」が「架空花子」の健診情報を求める
    ならば 健診情報『架空検査オーロラ』が提供される [OQS-CONS-03]

  @id:health-checks-after-24-hours @twin:consent/health-checks-within-24-hours
  シナリオ: 二十四時間を一秒過ぎた同意では健診情報は提供されない | One second past 24 hours no health check is given
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 24時間が過ぎる
    かつ 1秒が過ぎる
    かつ 「見本診療所」が「架空花子」の健診情報を求める
    ならば 健診情報の提供は拒まれる [OQS-CONS-03]

  @id:health-check-five-years-ago
  シナリオ: ちょうど五年前の健診は提供される | A health check of five years ago to the day is given
    もし 「仮名太郎」が「見本診療所」で顔認証により受付する
    かつ 「見本診療所」が「仮名太郎」の健診情報を求める
    ならば 健診情報『架空検査カシオペア』が提供される [OQS-INFO-01]

  @id:health-check-older-than-five-years @twin:consent/health-check-five-years-ago
  シナリオ: 五年より前の健診は提供されない | A health check of five years and a day ago is not
    前提 日時は2026年4月2日9時30分である
    もし 「仮名太郎」が「見本診療所」で顔認証により受付する
    かつ 「見本診療所」が「仮名太郎」の健診情報を求める
    ならば 健診情報は一件も提供されない [OQS-INFO-01]

# language: ja
機能: 患者の負担に関わる証 | Certificates that change what a patient pays

  背景:
    前提 日時は2026年4月1日9時30分である

  @id:elderly-share
  シナリオ: 高齢受給者証の負担割合は、七十歳の誕生日の翌月から示される | The elderly share is told from the month after the 70th birthday
    前提 「国保五郎」の生年月日は1956年4月20日である
    かつ 保険者が「国保五郎」の高齢受給者証の負担割合を2026年4月1日から20%と届け出る
    もし 日時が2026年5月1日0時0分になる
    かつ 「国保五郎」が「見本診療所」で顔認証により受付する
    ならば 高齢受給者証の負担割合20%が回答される [OQS-LIM-11]

  @id:elderly-share-too-early @twin:qualification/elderly-share
  シナリオ: 誕生日が過ぎても、その月のうちは示されない | After the birthday, but in its month, no elderly share is told
    前提 「国保五郎」の生年月日は1956年4月20日である
    かつ 保険者が「国保五郎」の高齢受給者証の負担割合を2026年4月1日から20%と届け出る
    もし 日時が2026年4月30日23時59分になる
    かつ 「国保五郎」が「見本診療所」で顔認証により受付する
    ならば 高齢受給者証の負担割合は回答されない [OQS-LIM-11]
    かつ 資格は有効と回答される [OQS-LIM-11]

  @id:elderly-share-born-on-the-first
  シナリオ: 一日生まれには、誕生日の月から示される | Somebody born on the first is told of it from the month of the birthday
    前提 「国保五郎」の生年月日は1956年5月1日である
    かつ 保険者が「国保五郎」の高齢受給者証の負担割合を2026年4月1日から20%と届け出る
    もし 日時が2026年5月1日0時0分になる
    かつ 「国保五郎」が「見本診療所」で顔認証により受付する
    ならば 高齢受給者証の負担割合20%が回答される [OQS-LIM-11]

  @id:elderly-share-born-on-the-first-too-early @twin:qualification/elderly-share-born-on-the-first
  シナリオ: 一日生まれにも、誕生日の前日には示されない | Nor is somebody born on the first told of it on the day before
    前提 「国保五郎」の生年月日は1956年5月1日である
    かつ 保険者が「国保五郎」の高齢受給者証の負担割合を2026年4月1日から20%と届け出る
    もし 日時が2026年4月30日23時59分になる
    かつ 「国保五郎」が「見本診療所」で顔認証により受付する
    ならば 高齢受給者証の負担割合は回答されない [OQS-LIM-11]

  @id:elderly-share-in-july
  シナリオ: 負担割合が替わる前の七月 | July, before the share changes
    前提 「国保五郎」の生年月日は1956年4月20日である
    かつ 保険者が「国保五郎」の高齢受給者証の負担割合を2026年5月1日から20%、2026年8月1日から30%と届け出る
    もし 日時が2026年7月31日23時59分になる
    かつ 「国保五郎」が「見本診療所」で顔認証により受付する
    ならば 高齢受給者証の負担割合20%が回答される [OQS-LIM-12]

  @id:elderly-share-in-august @twin:qualification/elderly-share-in-july
  シナリオ: 負担割合が替わった後の八月 | August, after the share has changed
    前提 「国保五郎」の生年月日は1956年4月20日である
    かつ 保険者が「国保五郎」の高齢受給者証の負担割合を2026年5月1日から20%、2026年8月1日から30%と届け出る
    もし 日時が2026年8月1日0時0分になる
    かつ 「国保五郎」が「見本診療所」で顔認証により受付する
    ならば 高齢受給者証の負担割合30%が回答される [OQS-LIM-12]
    もし 「見本診療所」が「国保五郎」の2026年7月31日時点の資格を証の番号で照会する
    ならば 高齢受給者証の負担割合20%が回答される [OQS-LIM-12]

  @id:specific-diseases
  シナリオ: 特定疾病療養受療証は一件ずつ、自己負担限度額とともに示される | Each certificate for a specific disease is told with its monthly limit
    前提 保険者が「架空花子」の特定疾病療養受療証を届け出る
      | 区分 | 月額  | から       | まで       |
      | 1    | 10000 | 2026-01-01 | 2026-12-31 |
      | 2    | 20000 | 2026-04-01 | 2027-03-31 |
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 特定疾病の自己負担月額は『10000、20000』円と回答される [OQS-LIM-10]

  @id:specific-diseases-one-ended @twin:qualification/specific-diseases
  シナリオ: 期限の過ぎた特定疾病療養受療証は示されない | A certificate for a specific disease that has ended is not told
    前提 保険者が「架空花子」の特定疾病療養受療証を届け出る
      | 区分 | 月額  | から       | まで       |
      | 1    | 10000 | 2026-01-01 | 2026-12-31 |
      | 2    | 20000 | 2026-04-01 | 2027-03-31 |
    もし 日時が2027年1月1日9時30分になる
    かつ 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 特定疾病の自己負担月額は『20000』円と回答される [OQS-LIM-10]

  @id:specific-diseases-without-consent @twin:qualification/specific-diseases
  シナリオ: 同意がなければ特定疾病療養受療証は示されない | Without consent no certificate for a specific disease is told
    前提 保険者が「架空花子」の特定疾病療養受療証を届け出る
      | 区分 | 月額  | から       | まで       |
      | 1    | 10000 | 2026-01-01 | 2026-12-31 |
      | 2    | 20000 | 2026-04-01 | 2027-03-31 |
    かつ 「架空花子」は限度額情報だけに同意する
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 特定疾病療養受療証は一件も回答されない [OQS-LIM-10, OQS-CONS-02]

  @id:long-stay
  シナリオ: 長期入院の該当は、申請による日から示される | A long stay is told from the day that an application has set
    前提 保険者が「架空花子」の限度額区分『A05』を2026年1月1日から2026年12月31日まで、長期該当年月日2026年5月1日とともに届け出る
    もし 日時が2026年5月1日9時30分になる
    かつ 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 限度額区分『A05』が回答される [OQS-LIM-07]
    かつ 長期該当年月日2026年5月1日が回答される [OQS-LIM-07]

  @id:long-stay-too-early @twin:qualification/long-stay
  シナリオ: その日の前には、長期入院の該当は示されない | Before that day no long stay is told
    前提 保険者が「架空花子」の限度額区分『A05』を2026年1月1日から2026年12月31日まで、長期該当年月日2026年5月1日とともに届け出る
    もし 日時が2026年4月30日9時30分になる
    かつ 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 限度額区分『A05』が回答される [OQS-LIM-07]
    かつ 長期該当年月日は回答されない [OQS-LIM-07]

  @id:long-stay-without-consent @twin:qualification/long-stay
  シナリオ: 限度額の同意がなければ、長期入院の該当も示されない | Without consent to the limit no long stay is told
    前提 保険者が「架空花子」の限度額区分『A05』を2026年1月1日から2026年12月31日まで、長期該当年月日2026年5月1日とともに届け出る
    かつ 「架空花子」は薬剤情報だけに同意する
    もし 日時が2026年5月1日9時30分になる
    かつ 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 長期該当年月日は回答されない [OQS-LIM-07]

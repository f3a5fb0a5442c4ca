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

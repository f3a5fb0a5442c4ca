# language: ja
機能: 医療扶助 | Medical aid

  背景:
    前提 日時は2026年4月10日9時30分である
    かつ 「架空病院」の端末は医療扶助に対応していない
    かつ 福祉事務所が「無保険八郎」の医療扶助の資格を2026年4月1日付けで届け出る

  @id:ticket
  シナリオ: 医療券が、カードによる受付で確かめられる | A ticket is confirmed by a visit with the card
    前提 福祉事務所が「無保険八郎」の2026年4月の医療券を「見本診療所」あてに届け出る
    もし 「無保険八郎」が「見本診療所」で顔認証により受付する
    ならば 資格は有効と回答される [OQS-AID-01]
    かつ 回答の保険者番号は『12990018』である [OQS-AID-01]
    かつ 「見本診療所」あての医療券が回答される [OQS-AID-01, OQS-AID-02]
    かつ 同意があるのは限度額情報と特定疾病情報だけである [OQS-CONS-10]

  @id:not-registered-yet @twin:qualification/ticket
  シナリオ: 委託が登録されるまでは、有効（未登録）と回答される | Until the entrusting is registered, valid and not registered
    もし 「無保険八郎」が「見本診療所」で顔認証により受付する
    ならば 資格は有効・未登録と回答される [OQS-AID-03]
    かつ 医療券は回答されない [OQS-AID-02, OQS-AID-03]

  @id:ticket-of-last-month @twin:qualification/ticket
  シナリオ: 先月の医療券では、今月は有効（未登録）である | With a ticket of last month, valid and not registered this month
    前提 福祉事務所が「無保険八郎」の2026年4月の医療券を「見本診療所」あてに届け出る
    もし 日時が2026年5月1日9時30分になる
    かつ 「無保険八郎」が「見本診療所」で顔認証により受付する
    ならば 資格は有効・未登録と回答される [OQS-AID-03]
    かつ 医療券は回答されない [OQS-AID-02]

  @id:ticket-without-support @twin:qualification/ticket
  シナリオ: 医療扶助に対応していない端末には回答されない | A terminal that can show no medical aid is told of none
    前提 福祉事務所が「無保険八郎」の2026年4月の医療券を「見本診療所」あてに届け出る
    もし 「無保険八郎」が「架空病院」で顔認証により受付する
    ならば 資格は資格情報なしと回答される [OQS-AID-02]
    かつ 医療券は回答されない [OQS-AID-02]

  @id:ticket-without-card @twin:qualification/ticket
  シナリオ: カードがなければ医療券は回答されない | Without the card no ticket is answered
    前提 福祉事務所が「無保険八郎」の2026年4月の医療券を「見本診療所」あてに届け出る
    もし 「無保険八郎」がカードを置かずに「見本診療所」で受付する
    ならば 資格は何も回答されない [OQS-AID-02]
    かつ 医療券は回答されない [OQS-AID-02]

  @id:ticket-in-bulk
  シナリオ: 後から登録された医療券は、一括で得られる | A ticket that was registered later is given in bulk
    前提 福祉事務所が「無保険八郎」の2026年4月の医療券を「見本診療所」あてに届け出る
    もし 「見本診療所」が2026年4月の医療扶助を一括で照会する
    ならば 「無保険八郎」は有効として見つかる [OQS-AID-03]
    かつ 「無保険八郎」は「見本診療所」あての医療券とともに見つかる [OQS-AID-01, OQS-AID-03]

  @id:ticket-in-bulk-elsewhere @twin:qualification/ticket-in-bulk
  シナリオ: ほかの医療機関あての医療券は、一括では得られない | A ticket to another institution is not given in bulk
    前提 福祉事務所が「無保険八郎」の2026年4月の医療券を「見本診療所」あてに届け出る
    もし 「架空病院」が2026年4月の医療扶助を一括で照会する
    ならば 「無保険八郎」は見つからない [OQS-AID-03]

  @id:ticket-in-bulk-not-yet @twin:qualification/ticket-in-bulk
  シナリオ: 登録されるまでは、一括でも得られない | Until it is registered, not in bulk either
    もし 「見本診療所」が2026年4月の医療扶助を一括で照会する
    ならば 「無保険八郎」は見つからない [OQS-AID-03]

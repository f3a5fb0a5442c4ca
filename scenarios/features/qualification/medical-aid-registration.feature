# language: ja
機能: 医療扶助と利用登録 | Medical aid and registration

  背景:
    前提 日時は2026年4月10日9時30分である
    かつ 「無保険八郎」は健康保険証の利用登録をしていない
    かつ 福祉事務所が「無保険八郎」の医療扶助の資格を2026年4月1日付けで届け出る
    かつ 福祉事務所が「無保険八郎」の2026年4月の医療券を「見本診療所」あてに届け出る

  @id:ticket-on-registration
  シナリオ: その場で利用登録をすれば、医療券が回答される | Registering at the reader opens the ticket
    もし 「無保険八郎」が「見本診療所」で顔認証により受付する
    ならば 「見本診療所」あての医療券が回答される [OQS-AID-02]

  @id:ticket-without-registration @twin:qualification/ticket-on-registration
  シナリオ: 利用登録を断れば、医療券は回答されない | Declining to register leaves the ticket closed
    前提 「無保険八郎」は利用登録を断る
    もし 「無保険八郎」が「見本診療所」で顔認証により受付する
    ならば 受付は利用登録なしで終わる [OQS-AID-02]
    かつ 医療券は回答されない [OQS-AID-02]

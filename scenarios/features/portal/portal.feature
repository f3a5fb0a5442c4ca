# language: ja
機能: 患者のポータル | The patient's portal

  背景:
    前提 日時は2026年4月1日9時30分である

  @id:own-data
  シナリオ: カードと暗証番号で自分の情報を見る | Own data by card and PIN
    もし 「架空花子」が暗証番号『1234』でポータルにログインする
    ならば ポータルの利用は閲覧で終わる [OQS-INFO-04]
    かつ ポータルの薬剤に『架空薬カナリア錠10mg』がある [OQS-INFO-04]
    かつ ポータルの健診に『2025-10-01』がある [OQS-INFO-04]
    かつ ポータルの診療に『架空カナリア診療』がある [OQS-INFO-03]
    かつ ポータルの手術に『架空カナリア手術』がある [OQS-INFO-03]
    かつ 個人番号・暗証番号・顔写真はどの境界にも現れなかった [OQS-PRIV-01]

  @id:wrong-pin @twin:portal/own-data
  シナリオ: 暗証番号の誤りはカードが数える | The card counts a wrong PIN
    もし 「架空花子」が暗証番号『4321』でポータルにログインする
    ならば ポータルの利用は暗証番号の誤りで終わる [OQS-REG-02]
    かつ カードの暗証番号の残りは2回である [OQS-PIN-02]

  @id:nobody-elses
  シナリオ: ほかの人の情報は見えない | Nobody else's data
    もし 「架空花子」が暗証番号『1234』でポータルにログインする
    ならば ポータルの薬剤に『架空薬カナリア錠10mg』がある [OQS-PRIV-09]
    もし 「仮名太郎」が暗証番号『2468』でポータルにログインする
    ならば ポータルの薬剤に『仮名薬カナリアカプセル』がある [OQS-PRIV-09]
    かつ ポータルの薬剤に『架空薬カナリア錠10mg』はない [OQS-PRIV-09]
    かつ ポータルの診療に『架空カナリア診療』はない [OQS-PRIV-09]

  @id:care-from-september-2022
  シナリオ: 診療と手術の情報は二〇二二年九月から見える | Care and operations from September 2022
    前提 日時は2022年9月1日0時0分である
    もし 「閏うるう」が暗証番号『0229』でポータルにログインする
    ならば ポータルの診療に『見本カナリア診療』がある [OQS-INFO-03, OQS-OPS-08]
    かつ ポータルの手術に『見本カナリア手術』がある [OQS-INFO-03]

  @id:care-before-september-2022 @twin:portal/care-from-september-2022
  シナリオ: その前日にはまだ見えない | Not on the day before
    前提 日時は2022年8月31日23時59分である
    もし 「閏うるう」が暗証番号『0229』でポータルにログインする
    ならば ポータルの診療に『見本カナリア診療』はない [OQS-INFO-03, OQS-OPS-08]
    かつ ポータルの手術に『見本カナリア手術』はない [OQS-INFO-03]

  @id:care-known-since-june-2022
  シナリオ: 診療の情報は二〇二二年六月の分から | Care is known since June 2022
    もし 「閏うるう」が暗証番号『0229』でポータルにログインする
    ならば ポータルの診療に『見本カナリア診療』がある [OQS-INFO-01]
    かつ ポータルの診療に『見本カナリア初診』はない [OQS-INFO-01]

  @id:checks-of-five-years
  シナリオ: 健診は五年前まで | Health checks of five years
    前提 日時は2026年6月10日9時0分である
    もし 「閏うるう」が暗証番号『0229』でポータルにログインする
    ならば ポータルの健診に『2021-06-10』がある [OQS-INFO-01]

  @id:checks-past-five-years @twin:portal/checks-of-five-years
  シナリオ: 五年を一日過ぎた健診は見えない | A day past five years
    前提 日時は2026年6月11日9時0分である
    もし 「閏うるう」が暗証番号『0229』でポータルにログインする
    ならば ポータルの健診に『2021-06-10』はない [OQS-INFO-01]

  @id:prescribed-today
  シナリオ: 今日出された電子処方箋は今日見える | A prescription of today is seen today
    もし 「見本診療所」が「架空花子」に薬『架空薬コマドリ錠5mg追加』の電子処方箋を出す
    もし 「架空花子」が暗証番号『1234』でポータルにログインする
    ならば ポータルの処方箋に『架空薬コマドリ錠5mg追加』がある [OQS-INFO-06]
    かつ ポータルの薬剤に『架空薬コマドリ錠5mg追加』はない [OQS-RX-02]

  @id:dispensed-today
  シナリオ: 今日調剤された薬は今日見える | What is dispensed today is seen today
    もし 「見本診療所」が「架空花子」に薬『架空薬コマドリ錠5mg追加』の電子処方箋を出す
    もし 「見本診療所」が「架空花子」に出した薬『架空薬コマドリ錠5mg追加』の電子処方箋を「仮名薬局」が調剤する
    もし 「架空花子」が暗証番号『1234』でポータルにログインする
    ならば ポータルの薬剤に『架空薬コマドリ錠5mg追加』がある [OQS-RX-02, OQS-INFO-06]

  @id:costs
  シナリオ: 医療費を年ごとのファイルで受け取る | Costs as a file of each year
    もし 「架空花子」が暗証番号『1234』でポータルにログインする
    ならば 2025年の医療費のファイルの支払額の合計は47220円である [OQS-INFO-05]
    かつ 2026年の医療費のファイルの支払額の合計は3150円である [OQS-INFO-05]

  @id:register
  シナリオ: ポータルでの利用登録は窓口でも有効である | Registered at the portal, good at the counter
    もし 「未登録美里」が暗証番号『0820』でポータルにログインして利用登録する
    ならば ポータルの利用は閲覧で終わる [OQS-REG-02]
    前提 「未登録美里」は利用登録を断る
    もし 「未登録美里」が「見本診療所」で顔認証により受付する
    ならば 受付は完了で終わる [OQS-REG-02, OQS-REG-06]

  @id:unregistered @twin:portal/register
  シナリオ: 登録しなければ何も見えない | Without registration nothing is seen
    もし 「未登録美里」が暗証番号『0820』でポータルにログインする
    ならば ポータルの利用は利用登録なしで終わる [OQS-REG-05]

  @id:register-without-pin @twin:portal/register-with-pin
  シナリオ: 暗証番号のないカードはポータルで登録できない | A card without PIN is not registered at the portal
    前提 「未登録美里」のカードには暗証番号がない
    もし 「未登録美里」が暗証番号『0820』でポータルにログインして利用登録する
    ならば ポータルの利用は暗証番号のないカードで終わる [OQS-REG-03]
    # 窓口のリーダーでは登録できる
    もし 「未登録美里」が「見本診療所」で顔認証により受付する
    ならば 受付は完了で終わる [OQS-REG-03]

  @id:register-with-pin
  シナリオ: 暗証番号のあるカードは登録できる | A card with a PIN is registered
    もし 「未登録美里」が暗証番号『0820』でポータルにログインして利用登録する
    ならば ポータルの利用は閲覧で終わる [OQS-REG-02]

  @id:register-barred @twin:portal/register
  シナリオ: 自己情報提供不可の人はポータルでも登録できない | Disclosure barred at the portal too
    もし 「不可六郎」が暗証番号『0606』でポータルにログインして利用登録する
    ならば ポータルの利用は提供不可で終わる [OQS-REG-10]

  @id:screen-at-the-counter
  シナリオ: 資格画面はカードとともに窓口で役立つ | The screen with the card counts at the counter
    もし 「架空花子」がポータルの資格画面をカードとともに「見本診療所」に示す
    ならば ポータルの画面は資格を有効と示す [OQS-FALL-02]
    かつ 資格は有効と回答される [OQS-FALL-02]
    もし 「見本診療所」が「架空花子」の2026年4月1日の診療を見せられた保険証の番号で請求する
    ならば 請求は受理される [OQS-FALL-02]

  @id:screen-after-the-loss @twin:portal/screen-at-the-counter
  シナリオ: 喪失の後は画面にも喪失が現れる | After the loss the screen says so
    前提 保険者が「架空花子」の資格喪失を2026年4月1日付けで届け出る
    もし 「架空花子」がポータルの資格画面をカードとともに「見本診療所」に示す
    ならば ポータルの画面は資格を無効と示す [OQS-FALL-02]
    かつ 資格は無効と回答される [OQS-FALL-02]

  @id:new-insurance-same-card
  シナリオ: 保険者が変わっても同じカードで新しい資格が見える | A new insurer, the same card
    もし 保険者が「架空花子」の資格喪失を2026年4月1日付けで届け出る
    かつ 新しい保険者が「架空花子」の資格取得を2026年4月1日付けで届け出る
      | 保険者番号 | 保険者名         | 記号 | 番号    | 枝番 |
      | 99060021   | 仮名健康保険組合 | 仮9  | 0009999 | 00   |
    もし 「架空花子」がポータルの資格画面をカードとともに「見本診療所」に示す
    ならば ポータルの画面は資格を有効と示す [OQS-CARD-11]
    かつ 回答の保険者番号は『99060021』である [OQS-CARD-11]

  @id:last-day-of-the-certificate
  シナリオ: 電子証明書の最後の日 | The last day of the certificate
    前提 日時は2026年4月10日9時0分である
    もし 「見本一郎」が暗証番号『1234』でポータルにログインする
    ならば ポータルの利用は閲覧で終わる [OQS-CERT-12]

  @id:in-grace @twin:portal/last-day-of-the-certificate
  シナリオ: 猶予期間の証明書ではログインできない | The grace opens nothing here
    前提 日時は2026年4月11日9時0分である
    もし 「見本一郎」が暗証番号『1234』でポータルにログインする
    ならば ポータルの利用は証明書の拒否で終わる [OQS-CERT-14]

  @id:revoked @twin:portal/own-data
  シナリオ: 失効した証明書ではログインできない | A revoked certificate
    前提 「架空花子」の利用者証明用電子証明書が失効する
    もし 「架空花子」が暗証番号『1234』でポータルにログインする
    ならば ポータルの利用は証明書の拒否で終わる [OQS-CERT-07]

# language: ja
機能: 電子カルテ情報への同意 | Consents to clinical information
  二〇二五年一月からの六種類の同意。要素の名前だけが公表されており、尋ね方と並びはベンチが定める。同意で開かれる情報（CIPsiquc）の
  様式は公表されていないので、その照会は模擬されない。

  背景:
    前提 日時は2026年4月1日9時30分である
    かつ 「見本診療所」のリーダーは傷病名情報と感染症情報とアレルギー情報と薬剤禁忌情報と検査情報と処方情報だけへの同意を尋ねる

  @id:clinical
  シナリオ: 六種類の同意が一つずつ尋ねられ、回答に示される | The six kinds are asked one by one, and the answer shows them
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 患者に尋ねられるのは傷病名情報と感染症情報とアレルギー情報と薬剤禁忌情報と検査情報と処方情報だけである [OQS-CONS-02, OQS-CONS-07]
    かつ 同意があるのは傷病名情報と感染症情報とアレルギー情報と薬剤禁忌情報と検査情報と処方情報だけである [OQS-CONS-02, OQS-CONS-08]

  @id:clinical-one @twin:consent/clinical
  シナリオ: 一種類の同意は、ほかの種類に及ばない | Consent to one kind implies no other
    前提 「架空花子」はアレルギー情報だけに同意する
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 同意があるのはアレルギー情報だけである [OQS-CONS-02]

  @id:clinical-in-grace @twin:consent/clinical-before-grace
  シナリオ: 猶予期間には尋ねられない | In grace none of them is asked
    もし 日時が2026年4月11日9時30分になる
    かつ 「見本一郎」が「見本診療所」で顔認証により受付する
    ならば 同意は一つもない [OQS-CERT-14]
    かつ 資格は有効と回答される [OQS-CERT-14]

  @id:clinical-before-grace
  シナリオ: 満了の日までは尋ねられる | Until the certificate ends they are asked
    もし 日時が2026年4月10日9時30分になる
    かつ 「見本一郎」が「見本診療所」で顔認証により受付する
    ならば 同意があるのは傷病名情報と感染症情報とアレルギー情報と薬剤禁忌情報と検査情報と処方情報だけである [OQS-CERT-14]

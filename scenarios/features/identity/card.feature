# language: ja
機能: カードの提示 | The card on the reader

  背景:
    前提 日時は2026年4月1日9時30分である

  @id:no-card @twin:identity/own-card
  シナリオ: カードが置かれない | Nothing on the reader
    もし 「架空花子」がカードを置かずに「見本診療所」で受付する
    ならば 受付はカードなしで終わる [OQS-CARD-01]
    かつ 資格確認機関には何も照会されない [OQS-CARD-01]

  @id:foreign-ic-card @twin:identity/own-card
  シナリオ: マイナンバーカードではないICカード | An IC card that is no My Number Card
    もし 「架空花子」が別のICカードを置いて「見本診療所」で受付する
    ならば 受付はマイナンバーカードではないで終わる [OQS-CARD-03]
    かつ 資格確認機関には何も照会されない [OQS-CARD-03]

  @id:own-card
  シナリオ: 本人のカード | The holder's own card
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は完了で終わる [OQS-CARD-01, OQS-CARD-03]

  @id:no-certificate @twin:identity/own-card
  シナリオ: 利用者証明用電子証明書のないカード | A card without a user-authentication certificate
    前提 「架空花子」のカードに利用者証明用電子証明書がない
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は証明書なしで終わる [OQS-CARD-05]
    かつ 結果ファイルは0件できる [OQS-CARD-05]

  @id:pulled-before-certificate @twin:identity/own-card
  シナリオ: 証明書が読まれる前にカードが取り去られる | The card is pulled before its certificate is read
    前提 「架空花子」は証明書が読まれる前にカードを取り去る
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付はカードの取り去りで終わる [OQS-CARD-09]
    かつ 結果ファイルは0件できる [OQS-CARD-09]
    かつ 資格確認機関には何も照会されない [OQS-CARD-09]

  @id:pulled-before-signature @twin:identity/own-card
  シナリオ: 署名の前にカードが取り去られる | The card is pulled before it signs
    前提 「架空花子」は署名の前にカードを取り去る
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付はカードの取り去りで終わる [OQS-CARD-09]
    かつ 結果ファイルは0件できる [OQS-CARD-09]

  @id:next-patient-after-pulled
  シナリオ: カードが取り去られても、次の患者は何も引き継がない | The next patient inherits nothing
    前提 「架空花子」は署名の前にカードを取り去る
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 「仮名太郎」が「見本診療所」で顔認証により受付する
    ならば 回答の氏名は『仮名　太郎』である [OQS-PRIV-09]

# language: ja
機能: 暗証番号と目視確認 | The PIN and the eyes of staff

  背景:
    前提 日時は2026年4月1日9時30分である

  @id:wrong-pin @twin:identity/right-pin
  シナリオ: 誤った暗証番号 | A wrong PIN
    もし 「架空花子」が「見本診療所」で暗証番号『0000』により受付する
    ならば 受付は暗証番号の誤りで終わる [OQS-PIN-02]
    かつ 暗証番号の残り回数は2である [OQS-PIN-02]
    かつ 資格確認機関には何も照会されない [OQS-QUAL-03]

  @id:right-pin
  シナリオ: 正しい暗証番号 | The right PIN
    もし 「架空花子」が「見本診療所」で暗証番号『1234』により受付する
    ならば 受付は完了で終わる [OQS-PIN-02]
    かつ 暗証番号の残り回数は3である [OQS-PIN-02]

  @id:right-after-wrong
  シナリオ: 正しい入力で残り回数は三回に戻る | The right entry restores three tries
    もし 「架空花子」が「見本診療所」で暗証番号『0000,1234』により受付する
    ならば 受付は完了で終わる [OQS-PIN-02]
    かつ 暗証番号の残り回数は3である [OQS-PIN-02]

  @id:five-digits @twin:identity/right-pin
  シナリオ: 四桁でない入力はカードに送られない | Anything but four digits never reaches the card
    もし 「架空花子」が「見本診療所」で暗証番号『12345』により受付する
    ならば 受付は暗証番号の誤りで終わる [OQS-PIN-01]
    かつ 暗証番号の残り回数は3である [OQS-PIN-01]

  @id:locked-over-three-visits @twin:identity/two-wrong-visits
  シナリオ: 三か所で一度ずつ誤ればロックされる | One wrong entry at each of three places locks the PIN
    もし 「架空花子」が「見本診療所」で暗証番号『0000』により受付する
    かつ 日時が2026年4月2日9時30分になる
    かつ 「架空花子」が「架空病院」で暗証番号『0000』により受付する
    かつ 日時が2026年4月3日9時30分になる
    かつ 「架空花子」が「仮名薬局」で暗証番号『0000』により受付する
    ならば 受付は暗証番号のロックで終わる [OQS-PIN-03]
    かつ 暗証番号の残り回数は0である [OQS-PIN-03]
    もし 「架空花子」が「見本診療所」で暗証番号『1234』により受付する
    ならば 受付は選べない方法で終わる [OQS-PIN-03, OQS-PIN-06]
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は完了で終わる [OQS-PIN-05]
    かつ 暗証番号の残り回数は0である [OQS-PIN-06]

  @id:two-wrong-visits
  シナリオ: 二度の誤りのあとに正しく入れればロックされない | Two wrong visits and a right one lock nothing
    もし 「架空花子」が「見本診療所」で暗証番号『0000』により受付する
    かつ 日時が2026年4月2日9時30分になる
    かつ 「架空花子」が「架空病院」で暗証番号『0000』により受付する
    かつ 日時が2026年4月3日9時30分になる
    かつ 「架空花子」が「仮名薬局」で暗証番号『1234』により受付する
    ならば 受付は完了で終わる [OQS-PIN-03]
    かつ 暗証番号の残り回数は3である [OQS-PIN-03]

  @id:pinless-card-pin @twin:identity/pinless-card-face
  シナリオ: 顔認証マイナンバーカードでは暗証番号を選べない | A card without a PIN offers no PIN mode
    もし 「無暗証四郎」が「見本診療所」で暗証番号『1234』により受付する
    ならば 受付は選べない方法で終わる [OQS-PIN-07]

  @id:pinless-card-face
  シナリオ: 顔認証マイナンバーカードは顔で受付できる | A card without a PIN serves by face
    もし 「無暗証四郎」が「見本診療所」で顔認証により受付する
    ならば 受付は完了で終わる [OQS-PIN-07]

  @id:pinless-card-visual
  シナリオ: 顔認証マイナンバーカードは目視でも受付でき、同意もできる | A card without a PIN serves by sight, consents included
    もし 「無暗証四郎」が「見本診療所」で職員の目視により受付する
    ならば 受付は完了で終わる [OQS-VIS-05]
    かつ 同意があるのは限度額情報と特定疾病情報と健診情報と薬剤情報と診療情報と手術情報だけである [OQS-VIS-05]

  @id:staff-refuse @twin:identity/staff-confirm
  シナリオ: 職員が本人と認めない | Staff do not recognise the person
    もし 「架空花子」が「見本診療所」で職員に本人と認められない
    ならば 受付は職員の否認で終わる [OQS-VIS-06]
    かつ 資格確認機関には何も照会されない [OQS-VIS-06]

  @id:staff-confirm
  シナリオ: 職員が本人と認める | Staff recognise the person
    もし 「架空花子」が「見本診療所」で職員の目視により受付する
    ならば 受付は完了で終わる [OQS-VIS-01]
    かつ 暗証番号の残り回数は3である [OQS-VIS-02, OQS-PIN-09]

  @id:visual-then-own-face
  シナリオ: 目視確認のあとの患者も自分の顔で受け付ける | After a visual check the next patient is served by face
    もし 「架空花子」が「見本診療所」で職員の目視により受付する
    かつ 「仮名太郎」が「見本診療所」で顔認証により受付する
    ならば 受付は完了で終わる [OQS-VIS-03]

  @id:visual-not-inherited @twin:identity/visual-then-own-face
  シナリオ: 目視確認は次の患者に引き継がれない | The next patient does not inherit the visual mode
    もし 「架空花子」が「見本診療所」で職員の目視により受付する
    かつ 「架空花子」が「仮名太郎」のカードを使って「見本診療所」で顔認証により受付する
    ならば 受付は顔の不一致で終わる [OQS-VIS-03]

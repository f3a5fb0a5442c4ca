# language: ja
機能: やり直しと方法の変更 | Repeats and changes of mode

  背景:
    前提 日時は2026年4月1日9時30分である

  @id:face-then-pin
  シナリオ: 顔が一致しなければ、その場で暗証番号に替えられる | After a mismatch the PIN, within the visit
    前提 「仮名太郎」はうまくいかなければ暗証番号『1234』を試みる
    もし 「仮名太郎」が「架空花子」のカードを使って「見本診療所」で顔認証により受付する
    ならば 受付は完了で終わる [OQS-FACE-04]
    かつ 暗証番号の残り回数は3である [OQS-FACE-06]

  @id:face-again @twin:identity/face-then-pin
  シナリオ: 顔の照合をやり直しても一致しない | Another try of the wrong face
    前提 「仮名太郎」はうまくいかなければ顔認証を試みる
    もし 「仮名太郎」が「架空花子」のカードを使って「見本診療所」で顔認証により受付する
    ならば 受付は顔の不一致で終わる [OQS-FACE-04]
    かつ 資格確認機関には何も照会されない [OQS-FACE-04]

  @id:pin-locked-then-face
  シナリオ: 暗証番号がロックされても、その場で顔認証に替えられる | The PIN locks, the face goes on
    前提 「架空花子」はうまくいかなければ顔認証を試みる
    もし 「架空花子」が「見本診療所」で暗証番号『0000,0000,0000』により受付する
    ならば 受付は完了で終わる [OQS-PIN-05]
    かつ 暗証番号の残り回数は0である [OQS-PIN-06]

  @id:camera-dead-then-pin
  シナリオ: 撮影できなければ、その場で暗証番号に替えられる | No picture, then the PIN
    前提 「架空花子」の受付ではカメラが写らない
    かつ 「架空花子」はうまくいかなければ暗証番号『1234』を試みる
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は完了で終わる [OQS-FACE-11]

  @id:both-fail-then-sight
  シナリオ: 顔も暗証番号もだめなら職員が目視で確認する | Neither face nor PIN, then the eyes of staff
    前提 「仮名太郎」はうまくいかなければ暗証番号『0000,0000,0000』を試みる
    かつ 「仮名太郎」がうまくいかなければ職員が目視で確認する
    もし 「仮名太郎」が「架空花子」のカードを使って「見本診療所」で顔認証により受付する
    ならば 受付は完了で終わる [OQS-FALL-10]
    かつ 暗証番号の残り回数は0である [OQS-VIS-02]

  @id:both-fail @twin:identity/both-fail-then-sight
  シナリオ: 顔も暗証番号もだめなら何も照会されない | Neither face nor PIN, and nobody checks by sight
    前提 「仮名太郎」はうまくいかなければ暗証番号『0000,0000,0000』を試みる
    もし 「仮名太郎」が「架空花子」のカードを使って「見本診療所」で顔認証により受付する
    ならば 受付は暗証番号のロックで終わる [OQS-PIN-03]
    かつ 資格確認機関には何も照会されない [OQS-QUAL-03]

  @id:no-answer @twin:identity/own-card
  シナリオ: 患者が何も答えなければ受付を終える | Nobody answers
    前提 「架空花子」はリーダーの問いに何も答えない
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は時間切れで終わる [OQS-CARD-16]
    もし 「仮名太郎」が「見本診療所」で顔認証により受付する
    ならば 回答の氏名は『仮名　太郎』である [OQS-CARD-16, OQS-PRIV-09]

  @id:reader-not-approved @twin:identity/own-card
  シナリオ: 承認のないリーダーのためにカードは暗証番号なしで署名しない | The card signs for no unapproved reader without its PIN
    前提 「見本診療所」のリーダーは特定利用者証明検証者のものではない
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は承認のないリーダーで終わる [OQS-FACE-14, OQS-CARD-08]
    かつ 資格確認機関には何も照会されない [OQS-FACE-14]
    もし 「架空花子」が「見本診療所」で暗証番号『1234』により受付する
    ならば 受付は完了で終わる [OQS-FACE-14, OQS-CARD-08]

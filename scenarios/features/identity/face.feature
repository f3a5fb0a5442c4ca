# language: ja
機能: 顔認証 | The face

  背景:
    前提 日時は2026年4月1日9時30分である

  @id:face-mismatch @twin:identity/face-match
  シナリオ: 他人のカードでの顔認証 | Somebody else's card
    もし 「仮名太郎」が「架空花子」のカードを使って「見本診療所」で顔認証により受付する
    ならば 受付は顔の不一致で終わる [OQS-FACE-04, OQS-QUAL-03]
    かつ 資格確認機関には何も照会されない [OQS-FACE-04]
    かつ 暗証番号の残り回数は3である [OQS-FACE-06]

  @id:face-match
  シナリオ: 本人のカードでの顔認証 | The holder's own card
    もし 「架空花子」が「架空花子」のカードを使って「見本診療所」で顔認証により受付する
    ならば 受付は完了で終わる [OQS-FACE-03, OQS-QUAL-03]
    かつ 暗証番号の残り回数は3である [OQS-FACE-06]

  @id:no-photo @twin:identity/photo
  シナリオ: 顔写真のないカードでは顔認証を選べない | No photo, no face mode
    前提 「架空花子」のカードに顔写真がない
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は選べない方法で終わる [OQS-FACE-07]

  @id:photo
  シナリオ: 顔写真のあるカードでは顔認証を選べる | With a photo the face mode is offered
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は完了で終わる [OQS-FACE-07]

  @id:newborn
  シナリオ: 乳児のカードは保護者が暗証番号を入れる | A parent types the PIN of a newborn's card
    もし 「新生あかり」が「見本診療所」で暗証番号『1220』により受付する
    ならば 資格は有効と回答される [OQS-FACE-07]

  @id:photo-altered @twin:identity/photo
  シナリオ: 書き換えられた顔写真 | An altered photo
    前提 「架空花子」のチップの顔写真が書き換えられている
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は顔情報の改ざんで終わる [OQS-FACE-08]
    かつ 資格確認機関には何も照会されない [OQS-FACE-08]

  @id:camera-dead @twin:identity/photo
  シナリオ: 撮影できないときは判定しない | A dead camera decides nothing
    前提 「架空花子」の受付ではカメラが写らない
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は撮影できないで終わる [OQS-FACE-11]
    もし 「架空花子」が「見本診療所」で暗証番号『1234』により受付する
    ならば 受付は完了で終わる [OQS-FACE-11]

  @id:ten-failures @twin:identity/nine-failures
  シナリオ: 十回続けて不一致なら顔認証は使えなくなる | Ten mismatches in a row lock the face mode
    もし 「仮名太郎」が「架空花子」のカードを使って「見本診療所」で顔認証により10回受付する
    かつ 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は選べない方法で終わる [OQS-FACE-05]
    もし 「架空花子」が「見本診療所」で暗証番号『1234』により受付する
    ならば 受付は完了で終わる [OQS-FACE-05]
    # 暗証番号もロックされたあとは、目視が残る。目視はどちらの回数も戻さない
    もし 「架空花子」が「見本診療所」で暗証番号『0000,0000,0000』により受付する
    ならば 受付は暗証番号のロックで終わる [OQS-PIN-03]
    もし 「架空花子」が「見本診療所」で職員の目視により受付する
    ならば 受付は完了で終わる [OQS-FALL-10, OQS-FACE-05]
    かつ 暗証番号の残り回数は0である [OQS-VIS-02]
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は選べない方法で終わる [OQS-VIS-02]

  @id:nine-failures
  シナリオ: 九回の不一致のあとなら顔認証できる | After nine mismatches the face still serves
    もし 「仮名太郎」が「架空花子」のカードを使って「見本診療所」で顔認証により9回受付する
    かつ 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は完了で終わる [OQS-FACE-05]

# language: ja
機能: 不具合のあるカード | Cards that misbehave

  背景:
    前提 日時は2026年4月1日9時30分である

  @id:right-by-face
  シナリオ: 不具合のないカードと顔認証 | A right card, by face
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は完了で終わる [OQS-CARD-10, OQS-CARD-14]
    かつ 回答の氏名は『架空　花子』である [OQS-CARD-10]

  @id:right-by-pin
  シナリオ: 不具合のないカードと暗証番号 | A right card, by PIN
    もし 「架空花子」が「見本診療所」で暗証番号『1234』により受付する
    ならば 受付は完了で終わる [OQS-CARD-10, OQS-PIN-02]
    かつ 暗証番号の残り回数は3である [OQS-PIN-02]

  @id:right-by-sight
  シナリオ: 不具合のないカードと職員の目視 | A right card, by the eyes of staff
    もし 「架空花子」が「見本診療所」で職員の目視により受付する
    ならば 受付は完了で終わる [OQS-CARD-10]
    かつ 回答の氏名は『架空　花子』である [OQS-CARD-10]

  @id:mute @twin:card/right-by-face
  シナリオ: 応答しなくなるカード | A card that falls silent
    前提 「架空花子」のカードは途中で応答しなくなる
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付はシステムエラーで終わる [OQS-CARD-14]
    かつ 資格確認機関には何も照会されない [OQS-CARD-14]
    かつ 結果ファイルは0件できる [OQS-CARD-14]

  @id:next-patient-after-mute
  シナリオ: 応答しないカードのあとの患者は何も引き継がない | The next patient inherits nothing from a mute card
    前提 「架空花子」のカードは途中で応答しなくなる
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 「仮名太郎」が「見本診療所」で顔認証により受付する
    ならば 回答の氏名は『仮名　太郎』である [OQS-PRIV-09]

  @id:cut-answers @twin:card/right-by-face
  シナリオ: 途中で切れた応答 | Answers that are cut short
    前提 「架空花子」のカードは途中で切れた応答を返す
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付はシステムエラーで終わる [OQS-CARD-14]
    かつ 資格確認機関には何も照会されない [OQS-CARD-14]

  @id:wrong-status @twin:card/right-by-face
  シナリオ: 意味のないステータスワード | A senseless status word
    前提 「架空花子」のカードは意味のないステータスワードを返す
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付はシステムエラーで終わる [OQS-CARD-14]
    かつ 資格確認機関には何も照会されない [OQS-CARD-14]

  @id:first-command-fails
  シナリオ: 最初のコマンドの失敗は一度だけやり直される | A first command that fails is sent once more
    前提 「架空花子」のカードは最初のコマンドに失敗する
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は完了で終わる [OQS-CARD-10]
    かつ 回答の氏名は『架空　花子』である [OQS-CARD-10]

  @id:put-back @twin:card/right-by-face
  シナリオ: 一度離れてから戻されたカード | A card that is taken off and put back
    前提 「架空花子」のカードは一度離れてから戻される
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付はカードの取り去りで終わる [OQS-CARD-09]
    かつ 結果ファイルは0件できる [OQS-CARD-09]

  @id:put-back-and-again
  シナリオ: 戻されたカードは受付のやり直しで使える | A card that was put back serves in a new visit
    前提 「架空花子」のカードは一度離れてから戻される
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は完了で終わる [OQS-CARD-10]

  @id:swapped-by-sight @twin:card/right-by-sight
  シナリオ: 職員の目視のあいだに別人のカードにすり替わる | Another's card lies there once staff have looked
    前提 「架空花子」のカードは途中で「仮名太郎」のカードにすり替わる
    もし 「架空花子」が「見本診療所」で職員の目視により受付する
    ならば 受付はカードの取り去りで終わる [OQS-CARD-10]
    かつ 資格確認機関には何も照会されない [OQS-CARD-10, OQS-PRIV-09]
    かつ 結果ファイルは0件できる [OQS-PRIV-09]

  @id:swapped-by-face @twin:card/right-by-face
  シナリオ: 顔認証のあいだに別人のカードにすり替わる | Another's card lies there before the face is compared
    前提 「架空花子」のカードは途中で「仮名太郎」のカードにすり替わる
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付はカードの取り去りで終わる [OQS-CARD-10]
    かつ 資格確認機関には何も照会されない [OQS-CARD-10, OQS-PRIV-09]

  @id:swapped-by-pin @twin:card/right-by-pin
  シナリオ: 暗証番号の前に別人のカードにすり替わる | Another's card lies there before the PIN is typed
    前提 「架空花子」のカードは途中で「仮名太郎」のカードにすり替わる
    もし 「架空花子」が「見本診療所」で暗証番号『1234』により受付する
    ならば 受付はカードの取り去りで終わる [OQS-CARD-10]
    かつ 資格確認機関には何も照会されない [OQS-CARD-10, OQS-PRIV-09]

  @id:torn-in-verify @twin:card/right-by-pin
  シナリオ: 照合の最中に電源を失っても回数は減る | A VERIFY that loses power has cost its try
    前提 「架空花子」のカードは照合の最中に電源を失う
    もし 「架空花子」が「見本診療所」で暗証番号『1234』により受付する
    ならば 受付はカードの取り去りで終わる [OQS-CARD-09]
    かつ 暗証番号の残り回数は2である [OQS-PIN-02]
    もし 「架空花子」が「見本診療所」で暗証番号『1234』により受付する
    ならば 受付は完了で終わる [OQS-PIN-02]
    かつ 暗証番号の残り回数は3である [OQS-PIN-02]

  @id:stale-counter-right-pin
  シナリオ: 古い残り回数を告げるカードも正しい暗証番号で受け付ける | A stale count of tries keeps out nobody with the right PIN
    前提 「架空花子」のカードは古い残り回数を告げる
    もし 「架空花子」が「見本診療所」で暗証番号『1234』により受付する
    ならば 受付は完了で終わる [OQS-PIN-02]

  @id:stale-counter @twin:card/stale-counter-right-pin
  シナリオ: 古い残り回数を告げるカードも三度の誤りでロックされる | A stale count of tries does not put off the lock
    前提 「架空花子」のカードは古い残り回数を告げる
    もし 「架空花子」が「見本診療所」で暗証番号『0000,0000,0000,1234』により受付する
    ならば 受付は暗証番号のロックで終わる [OQS-PIN-03]
    かつ 暗証番号の残り回数は0である [OQS-PIN-03]
    かつ 資格確認機関には何も照会されない [OQS-QUAL-03]

  @id:garbled-certificate @twin:card/right-by-face
  シナリオ: 壊れた証明書 | A garbled certificate
    前提 「架空花子」のカードは壊れた証明書を返す
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は証明書の拒否で終わる [OQS-CERT-05]
    かつ 結果ファイルは0件できる [OQS-CERT-05]

  @id:forged-certificate @twin:card/right-by-face
  シナリオ: 認証局の署名が合わない証明書 | A certificate with a broken signature
    前提 「架空花子」のカードは署名の壊れた証明書を返す
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は証明書の拒否で終わる [OQS-CERT-05]
    かつ 結果ファイルは0件できる [OQS-CERT-05]

  @id:wrong-key @twin:card/right-by-face
  シナリオ: 証明書と対にならない鍵による署名 | A signature by a key that is not the certificate's
    前提 「架空花子」のカードは別の鍵で署名する
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は署名の拒否で終わる [OQS-CERT-03]
    かつ 結果ファイルは0件できる [OQS-CERT-03]

  @id:open-key-right-pin
  シナリオ: 照合なしでも署名するカードも正しい暗証番号で受け付ける | A card that signs unasked serves with the right PIN
    前提 「架空花子」のカードは照合なしでも署名する
    もし 「架空花子」が「見本診療所」で暗証番号『1234』により受付する
    ならば 受付は完了で終わる [OQS-PIN-02]

  @id:open-key-wrong-pin @twin:card/open-key-right-pin
  シナリオ: 照合なしで署名するカードでも、誤った暗証番号では進まない | A key that stands open does not make a wrong PIN right
    前提 「架空花子」のカードは照合なしでも署名する
    もし 「架空花子」が「見本診療所」で暗証番号『0000』により受付する
    ならば 受付は暗証番号の誤りで終わる [OQS-PIN-02]
    かつ 資格確認機関には何も照会されない [OQS-QUAL-03]

  @id:slow
  シナリオ: 遅いカードは待たれる | A slow card is waited for
    前提 「架空花子」のカードは署名に2秒かかる
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は完了で終わる [OQS-CARD-14]

  @id:stalled @twin:card/slow
  シナリオ: 遅すぎるカードは拒否ではなくシステムエラーになる | Too slow is a system error and no refusal
    前提 「架空花子」のカードは署名に1分かかる
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付はシステムエラーで終わる [OQS-CARD-14]
    かつ 資格確認機関には何も照会されない [OQS-CARD-14]
    かつ 結果ファイルは0件できる [OQS-CARD-14]
